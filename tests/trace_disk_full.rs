//! A capture on a full disk is cut back to its last whole record.

use ethcraft::trace::{CaptureFile, Format, Interface, Reader, Record, Section, Time};
use std::fs;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "ETHCRAFT_TEST_CAPTURE";

/// Bytes of a record in the longer format, and a bit.
const A_RECORD: usize = 160;

/// Writes until there is no more room; prints the error.
fn fill(path: &Path) {
    let mut file =
        CaptureFile::create(path, Format::from_path(path), &Section::default(), &[Interface::named("veth0")])
            .expect("the first bytes fit");
    for second in 0..1_000_000 {
        let record = Record::new(Time::new(second, 0), &[0xa5; 101]);
        if let Err(error) = file.write(&record) {
            println!("\nERROR {error}");
            return;
        }
    }
    panic!("a hundred megabytes fitted");
}

/// Runs the test with this name again in a process that may not write longer files, where it calls [`fill`]; gives the error
/// and the file.
fn filled(name: &str, extension: &str) -> (String, Vec<u8>) {
    let path = std::env::temp_dir().join(format!("ethcraft-full-{}.{extension}", std::process::id()));
    // The limit lies inside a record. The signal is ignored, so that the write itself fails (setrlimit(2)).
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 301 && exec \"$0\" --exact \"$1\" --nocapture"])
        .arg(std::env::current_exe().expect("this test"))
        .arg(name)
        .env(TARGET, &path)
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let bytes = fs::read(&path).expect("the capture");
    fs::remove_file(&path).expect("the capture");
    let error = text.lines().find_map(|line| line.strip_prefix("ERROR ")).map(str::to_owned);
    (error.unwrap_or_else(|| panic!("no error in:\n{text}\n{}", String::from_utf8_lossy(&output.stderr))), bytes)
}

fn a_full_disk_leaves_whole_records(name: &str, extension: &str) {
    if let Some(path) = std::env::var_os(TARGET) {
        return fill(Path::new(&path));
    }
    let (error, bytes) = filled(name, extension);
    let mut reader = Reader::open(&*bytes).expect("a capture");
    while reader.next().expect("whole records").is_some() {}
    let expected = format!("it holds {} whole records ({} bytes)", reader.number(), bytes.len());
    assert!(error.contains("File too large") && error.ends_with(&expected), "{error}\nwanted: {expected}");
    // A shell counts the limit in blocks of 512 or of 1024 bytes.
    let room = [301 * 512, 301 * 1024].into_iter().find(|room| bytes.len() <= *room).expect("it keeps the limit");
    assert!(room - bytes.len() < A_RECORD, "a record that fitted was thrown away: {} bytes of {room}", bytes.len());
}

#[test]
fn a_full_disk_leaves_whole_records_in_pcapng() {
    a_full_disk_leaves_whole_records("a_full_disk_leaves_whole_records_in_pcapng", "pcapng");
}

#[test]
fn a_full_disk_leaves_whole_records_in_pcap() {
    a_full_disk_leaves_whole_records("a_full_disk_leaves_whole_records_in_pcap", "pcap");
}
