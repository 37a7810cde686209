//! What `decode --json` says of frames, field by field beside tshark: the link layer's protocols and those over UDP. The network
//! layer stands in `protocols_net_tshark.rs`. `rows.rs` has the frames, `coverage.rs` looks that no table is left out.

#[path = "../common/mod.rs"]
mod common;
mod coverage;
mod rows;

use common::tshark::same_values;

#[test]
fn tshark_reads_the_same_values() {
    // It looks for this trailer only if it is told to.
    same_values(rows::READ, &["--enable-protocol", "prp"]);
}
