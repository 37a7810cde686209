//! What the integration tests share: running inside a lab, running ethcraft and the peers, directories that go away.
//!
//! A test whose body is given to [`in_lab`] runs in a private network of its own, as root and as an ordinary user, in
//! parallel with the others. Nothing here is skipped silently: see [`peers`].

// Every file of tests is a crate of its own that uses a part of this one.
#![allow(dead_code, unused_imports)]

pub mod damage;
pub mod dialogue;
mod directory;
pub mod expressions;
mod lab;
pub mod laws;
pub mod memory;
mod peers;
mod process;
pub mod relay;
pub mod scapy;
pub mod sending;
pub mod tshark;
mod wire;

pub use directory::Directory;
pub use expressions::{expand, frame};
pub use lab::in_lab;
pub use peers::{peer, python_with, skipped, tcpdump, without, without_namespaces};
pub use process::{Done, Program, Running, ethcraft};
pub use wire::{sniff, transmit};
