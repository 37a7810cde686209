//! Private networks: namespaces with interfaces of their own, made without root and without iproute2.
//!
//! A [`Plan`] says what is in it. [`run`] runs a piece of work inside and takes everything down with it. Nothing is left to clean up by design: the namespaces, their links and the names under /run/netns
//! belong to the processes inside and go with the last of them, whatever ended it.
//!
//! This module knows nothing of frames or of the command line. Start reading at [`run`].

mod error;
mod isolate;
mod mounts;
mod netlink;
mod plan;
mod run;
mod wire;

pub use error::Error;
pub use plan::{Plan, Port};
pub use run::run;
