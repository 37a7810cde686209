//! Benchmarks of ethcraft: `cargo bench --manifest-path benches/Cargo.toml`.
