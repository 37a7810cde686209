//! `ethcraft fields`: what the protocols are made of.

use super::{Failure, Outcome, Status};
use crate::expr::nearest;
use crate::proto::ALL;
use crate::report::{fields, safe};
use std::io::{self, Write};

/// Show the protocols: fields, widths, what fills them in, named values, header picture
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a name every protocol is one line: its name, what stands below it where an expression begins with it, the \
numbers it is found under, title, source. In the picture of a header one row is 32 bits; a field in parentheses can be \
missing; a box with / at its sides has any length.

With --json each protocol is one object on a line: name, title, source, fields, items, on, then, found_under (space, \
number), picture (lines). A field has name, kind, bits (null where it varies), width, condition, main, filled_in, \
default, low_byte_first, names, doc. Items are such objects again.

Examples:
  ethcraft fields
  ethcraft fields udp
  ethcraft fields ipv4 --json | jq -r '.fields[].name'
  ethcraft build --picture 'ipv4 / udp'       a frame's own values in the picture")]
pub struct Args {
    /// The protocols to show in full [default: a table of all]
    #[arg(value_name = "PROTO")]
    protocols: Vec<String>,
    /// One JSON object a protocol
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Outcome {
    let mut chosen = Vec::new();
    for name in &args.protocols {
        let before = chosen.len();
        // A name can stand for several: an echo of ICMP and of ICMPv6.
        chosen.extend(ALL.iter().copied().filter(|p| p.name == name));
        if chosen.len() == before {
            return Err(unknown(name));
        }
    }
    let mut out = io::stdout().lock();
    if args.json {
        for p in if args.protocols.is_empty() { ALL } else { &chosen } {
            writeln!(out, "{}", fields::object(p))?;
        }
    } else if args.protocols.is_empty() {
        out.write_all(fields::table().as_bytes())?;
    } else {
        for (i, p) in chosen.iter().enumerate() {
            write!(out, "{}{}", if i > 0 { "\n" } else { "" }, fields::page(p))?;
        }
    }
    out.flush()?;
    Ok(Status::Done)
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::usage(format!("unknown protocol '{}'", safe::text(name)));
    let owners: Vec<&str> = fields::owners(name).iter().map(|p| p.name).collect();
    if !owners.is_empty() {
        return failure.help(format!("it stands in braces: see 'ethcraft fields {}'", owners.join(" ")));
    }
    match nearest(name, ALL.iter().map(|p| p.name)) {
        Some(near) => failure.help(format!("did you mean '{near}'?")),
        None => failure.help("'ethcraft fields' lists every protocol"),
    }
}
