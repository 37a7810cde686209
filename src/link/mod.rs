//! An interface: finding it, changing its offload features, sending on it, receiving from it.
//!
//! Everything here works in the network namespace of the calling thread, and a socket stays in the namespace it was
//! opened in. Nothing here knows a protocol above Ethernet's own header. Start reading at [`Interface`], then [`tx`]
//! for the way out, [`rx`] for the way in, [`offload`] for the features, and [`probe`] for what an interface can do.

pub mod counters;
pub mod cpus;
mod error;
pub mod interface;
pub(crate) mod netlink;
pub mod netns;
pub mod offload;
mod present;
pub mod privileges;
pub mod probe;
pub mod route;
pub mod rx;
pub mod stop;
pub mod tcpdump;
pub mod tx;

pub use error::{Error, Kind};
pub use interface::{Interface, interfaces, lookup};
