//! Craft raw Ethernet frames, put them on an interface, catch them again, and prove what happened to them.
//!
//! **A frame expression denotes a set of frames.** One language serves building, matching and decoding:
//!
//! | step | module | knows |
//! |---|---|---|
//! | text to syntax tree | [`expr`] | grammar and carets, no protocol |
//! | the protocols | [`proto`] | one table a protocol, in one file |
//! | frames | [`frame`] | what reads the tables: build, decode, match |
//! | capture files | [`trace`] | pcap, pcapng, hex, frame text |
//! | interfaces | [`link`] | lookup, namespaces, offload, sending, receiving |
//! | a run of frames | [`traffic`] | pacing and the counts that are kept apart |
//! | proof | [`proof`] | what became of each frame: lost, again, late, damaged, how long it took |
//! | questions and answers | [`dialogue`] | pairing, answering, next hops |
//! | private networks | [`lab`] | namespaces and veth pairs without root |
//! | tests as files | [`suite`] | cases: send these, expect those there |
//! | output | [`report`] | one-liners, hexdump, JSON, safe for a terminal |
//! | the command line | [`cli`] | arguments to one call of the library |
//!
//! `expr`, `proto`, `frame` and `trace` are pure: no sockets, no unsafe code, no clock. Every unsafe line is in `sys`.

pub mod cli;
pub mod dialogue;
pub mod expr;
pub mod frame;
pub mod lab;
pub mod link;
pub mod proof;
pub mod proto;
pub mod report;
pub mod suite;
mod sys;
pub mod trace;
pub mod traffic;
