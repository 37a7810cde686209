//! A directory for one test.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// An empty directory that is removed with all that is in it when the test ends, also when it fails.
pub struct Directory(PathBuf);

impl Directory {
    /// Makes one with a name that nobody else has. Not by the number of the process: in every lab that is a small one.
    pub fn new() -> Self {
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_nanos();
            let path = std::env::temp_dir().join(format!("ethcraft-test-{now}"));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self(path),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("cannot make {}: {error}", path.display()),
            }
        }
    }

    /// The path of a file in it, as text for a command line.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// The directory's own path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
