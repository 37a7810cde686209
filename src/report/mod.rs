//! What people and machines read. Prints what it is given, and knows no socket.

pub mod answer;
pub mod boxes;
pub mod colour;
pub mod diff;
pub mod dump;
pub mod fields;
pub mod frame;
pub mod hexdump;
pub mod histogram;
pub mod json;
pub mod line;
pub mod listing;
pub mod picture;
pub mod plot;
pub mod progress;
pub mod ranges;
pub mod safe;
pub mod time;
pub mod tree;
pub mod words;
