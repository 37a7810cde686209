//! Typed numbers in a payload: `u16=5`, `u32le=1`.

use super::table::*;

macro_rules! numbers {
    ($($(#[$doc:meta])* $id:ident $name:literal $bits:literal $order:ident;)*) => {
        $($(#[$doc])* pub static $id: Protocol =
            protocol($name, concat!($bits, "-bit number, ", stringify!($order), " byte first"), "",
                &layout([numbers!(@ $order num("value", $bits).main().doc("the number"))])).role(Role::Data);)*
    };
    (@ high $field:expr) => { $field };
    (@ low $field:expr) => { $field.little() };
}

numbers! {
    /// `u8`
    U8 "u8" 8 high;
    /// `u16`
    U16 "u16" 16 high;
    /// `u32`
    U32 "u32" 32 high;
    /// `u64`
    U64 "u64" 64 high;
    /// `u16le`
    U16LE "u16le" 16 low;
    /// `u32le`
    U32LE "u32le" 32 low;
    /// `u64le`
    U64LE "u64le" 64 low;
}
