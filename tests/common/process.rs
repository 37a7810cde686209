//! Running a program to its end, or while the test goes on.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// How long a program may take unless a test says otherwise: far longer than it ever does.
const PATIENCE: Duration = Duration::from_secs(30);

/// `ethcraft` with these arguments: `ethcraft(["sniff", "veth1"]).run()`.
pub fn ethcraft<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Program {
    Program::new(env!("CARGO_BIN_EXE_ethcraft")).arguments(arguments)
}

/// A program about to be run.
pub struct Program {
    command: Command,
    input: Vec<u8>,
    patience: Duration,
}

impl Program {
    /// The program at this path, or with this name.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, input: Vec::new(), patience: PATIENCE }
    }

    /// Adds arguments.
    pub fn arguments<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of its environment.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives it these bytes on standard input, which ends behind them.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Makes it the leader of a process group of its own, as a shell does with a job.
    pub fn own_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// How long it may take before it is killed and the test fails.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs it to its end.
    pub fn run(self) -> Done {
        self.start().finish()
    }

    /// Starts it and goes on.
    pub fn start(mut self) -> Running {
        let what = format!("{:?}", self.command);
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("cannot run {what}: {error}"));
        let mut stdin = child.stdin.take().expect("piped above");
        let input = self.input;
        // On a thread, because a program may print before it has read; what it does not want to read is no failure.
        spawn(move || drop(stdin.write_all(&input)));
        let stdout = Stream::of(child.stdout.take().expect("piped above"));
        let stderr = Stream::of(child.stderr.take().expect("piped above"));
        Running { what, child, stdout, stderr, patience: self.patience }
    }
}

/// A program that runs; killed when the test ends before it.
pub struct Running {
    what: String,
    child: Child,
    stdout: Stream,
    stderr: Stream,
    patience: Duration,
}

impl Running {
    /// Waits until `text` has appeared on its standard error.
    pub fn wait_for(&mut self, text: &str) {
        let found = self.stderr.wait_for(text, self.patience);
        self.expect(found, "standard error", text);
    }

    /// Waits until `text` has appeared on its standard output.
    pub fn wait_for_output(&mut self, text: &str) {
        let found = self.stdout.wait_for(text, self.patience);
        self.expect(found, "standard output", text);
    }

    fn expect(&self, found: bool, stream: &str, text: &str) {
        let (out, err) = (self.stdout.text(), self.stderr.text());
        assert!(found, "{}: no {text:?} on {stream}\nstdout: {out}\nstderr: {err}", self.what);
    }

    /// What it has printed on standard output so far.
    pub fn output(&self) -> String {
        self.stdout.text()
    }

    /// What it has printed on standard error so far.
    pub fn errors(&self) -> String {
        self.stderr.text()
    }

    /// Its process.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a process number")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).expect("it still runs");
    }

    /// Sends a signal to its process group ([`Program::own_group`]), as a terminal does on Ctrl-C.
    pub fn signal_group(&self, signal: Signal) {
        kill(Pid::from_raw(-self.pid()), signal).expect("it still runs");
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Done {
        let end = Instant::now() + self.patience;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                break status;
            }
            if Instant::now() > end {
                let _ = self.child.kill();
                let _ = self.child.wait();
                let (out, err) = (self.stdout.text(), self.stderr.text());
                panic!("{} did not end in {:?}\nstdout: {out}\nstderr: {err}", self.what, self.patience);
            }
            sleep(Duration::from_millis(5));
        };
        let (bytes, errors) = (self.stdout.all(), self.stderr.all());
        Done {
            what: self.what.clone(),
            status: shell_status(status),
            stdout: String::from_utf8_lossy(&bytes).into_owned(),
            stderr: String::from_utf8_lossy(&errors).into_owned(),
            bytes,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn shell_status(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// A program that has ended.
pub struct Done {
    what: String,
    /// Its exit status; 128 and the signal's number where one ended it.
    pub status: i32,
    /// Its standard output as text.
    pub stdout: String,
    /// Its standard error as text.
    pub stderr: String,
    /// Its standard output as it was.
    pub bytes: Vec<u8>,
}

impl Done {
    /// Fails the test unless the program ended with this status.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert!(self.status == status, "expected exit status {status}\n{}", self.describe());
        self
    }

    /// The JSON on its standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        self.parsed(&self.stdout)
    }

    /// The JSON on its standard output, one value a line.
    #[track_caller]
    pub fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| self.parsed(line)).collect()
    }

    #[track_caller]
    fn parsed(&self, text: &str) -> Value {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{}", self.describe()))
    }

    /// Everything about it, for the message of a test that fails.
    pub fn describe(&self) -> String {
        format!(
            "{}\nexit status {}\n--- stdout\n{}\n--- stderr\n{}\n---",
            self.what, self.status, self.stdout, self.stderr
        )
    }
}

/// What comes out of a pipe, read as it comes.
struct Stream {
    shared: Arc<(Mutex<Vec<u8>>, Condvar)>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let shared = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let reader = spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                theirs.0.lock().expect("no panic holds it").extend_from_slice(&buffer[..length]);
                theirs.1.notify_all();
            }
        });
        Self { shared, reader: Some(reader) }
    }

    fn wait_for(&self, text: &str, patience: Duration) -> bool {
        let read = self.shared.0.lock().expect("no panic holds it");
        let lacks = |read: &mut Vec<u8>| !String::from_utf8_lossy(read).contains(text);
        !self.shared.1.wait_timeout_while(read, patience, lacks).expect("no panic holds it").1.timed_out()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.shared.0.lock().expect("no panic holds it")).into_owned()
    }

    /// Everything until the pipe's end.
    fn all(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        std::mem::take(&mut self.shared.0.lock().expect("no panic holds it"))
    }
}
