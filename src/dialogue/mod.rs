//! Questions and answers: a set of frames sent as questions, each answer paired with its question; and the other side,
//! where rules answer what comes.
//!
//! Which frame answers which is read from the tables by [`crate::frame::Answers`]; nothing here names a protocol but
//! [`mod@resolve`], which asks for the next hops' MAC addresses, and [`hosts`], the hosts that `answer` plays. Nothing here
//! prints. Start reading at [`ask()`], then [`Responder`].

pub mod answer;
pub mod ask;
pub mod hosts;
mod loops;
pub mod resolve;

pub use answer::{Account, Answered, Limits, Responder};
pub use ask::{Asking, Pair, Question, Report, ask};
pub use resolve::{Hop, Hops, resolve};
