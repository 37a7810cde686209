//! The `ethcraft` command.

fn main() -> std::process::ExitCode {
    ethcraft::cli::run()
}
