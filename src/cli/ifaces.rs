//! `ethcraft ifaces`: the interfaces, of this or another network namespace.

use super::failure::{Failure, Outcome, Status};
use crate::link::netns::{self, Namespace};
use crate::link::{self, Interface};
use serde_json::json;
use std::io::{self, Write};

/// List the interfaces: name, MAC address, MTU, state, addresses, driver.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CARRIER says whether the link below is there: a veth has none while its peer is down. '-' is what an interface does not \
have, or what is not known while it is down.

With --json each interface is one object on a line: namespace (null for this one), name, index, mac, mtu (bytes), up \
(set up by the administrator), carrier (null while not known), state (as in ip-link), kind (veth, bridge, ...), \
driver, addresses.

Examples:
  ethcraft ifaces
  ethcraft ifaces --json | jq -r 'select(.carrier) | .name'
  ethcraft ifaces --netns blue
  ethcraft ifaces --netns pid:4242      those of a container, by one of its processes
  ethcraft lab --hosts 2 -- ethcraft ifaces --all")]
pub struct Args {
    /// The interfaces of this network namespace: a name, or pid:NUMBER
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    netns: Option<String>,
    /// Those of this network namespace and of every named one
    #[arg(long)]
    all: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub fn run(args: &Args) -> Outcome {
    let mut rows = Vec::new();
    if let Some(name) = &args.netns {
        rows.extend(read(Some(&name.parse()?))?);
    } else {
        rows.extend(read(None)?);
    }
    if args.all {
        for name in netns::list() {
            // A name that holds no namespace, or one that may not be entered, does not hide the others.
            match read(Some(&Namespace::Named(name))) {
                Ok(more) => rows.extend(more),
                Err(failure) => eprintln!("warning: {}", failure.message),
            }
        }
    }
    let mut out = io::stdout().lock();
    if args.json {
        for row in &rows {
            writeln!(out, "{}", row.json())?;
        }
    } else {
        let named = args.all || args.netns.is_some();
        write!(out, "{}", table(&rows, named))?;
    }
    out.flush()?;
    Ok(Status::Done)
}

/// An interface and the namespace it is in.
struct Row {
    namespace: Option<Namespace>,
    interface: Interface,
}

fn read(namespace: Option<&Namespace>) -> Result<Vec<Row>, Failure> {
    let found = match namespace {
        Some(other) => other.within(link::interfaces)?,
        None => link::interfaces(),
    }
    .map_err(|error| Failure::failed(format!("cannot list the interfaces: {error}")))?;
    Ok(found.into_iter().map(|interface| Row { namespace: namespace.cloned(), interface }).collect())
}

impl Row {
    fn json(&self) -> serde_json::Value {
        let Self { namespace, interface } = self;
        json!({
            "namespace": namespace.as_ref().map(ToString::to_string),
            "name": interface.name,
            "index": interface.index,
            "mac": interface.mac.map(|mac| mac.to_string()),
            "mtu": interface.mtu,
            "up": interface.up,
            "carrier": interface.carrier,
            "state": interface.state,
            "kind": interface.kind,
            "driver": interface.driver,
            "addresses": interface.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }

    /// What people read of it, in the order of [`HEADINGS`].
    fn cells(&self) -> [String; 9] {
        let Self { namespace, interface } = self;
        let carrier = interface.carrier.map(|there| if there { "yes" } else { "no" });
        let addresses: Vec<String> = interface.addresses.iter().map(ToString::to_string).collect();
        [
            namespace.as_ref().map_or_else(none, printable),
            printable(&interface.name),
            interface.index.to_string(),
            interface.mac.map_or_else(none, |mac| mac.to_string()),
            interface.mtu.to_string(),
            interface.state.to_string(),
            carrier.map_or_else(none, str::to_owned),
            interface.driver.as_ref().map_or_else(none, printable),
            if addresses.is_empty() { none() } else { addresses.join(" ") },
        ]
    }
}

const HEADINGS: [&str; 9] = ["NAMESPACE", "NAME", "INDEX", "MAC", "MTU", "STATE", "CARRIER", "DRIVER", "ADDRESSES"];

fn none() -> String {
    "-".into()
}

/// A name may hold anything but a slash and blanks: nothing of it reaches the terminal as a control character.
fn printable(name: &impl ToString) -> String {
    name.to_string().escape_debug().to_string()
}

/// The table of interfaces of this namespace.
pub(super) fn table_of(interfaces: &[&Interface]) -> String {
    let rows: Vec<Row> = interfaces.iter().map(|i| Row { namespace: None, interface: (*i).clone() }).collect();
    table(&rows, false)
}

/// Columns as wide as their widest cell; the namespace only where it is `named`.
fn table(rows: &[Row], named: bool) -> String {
    let lines: Vec<[String; 9]> =
        std::iter::once(HEADINGS.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let mut widths = [0; 9];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths).skip(usize::from(!named));
        let padded: Vec<String> = cells.map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}
