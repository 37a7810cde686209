//! The system's libpcap, loaded while the program runs: it compiles filters in tcpdump's syntax and runs them.
//!
//! Each compilation opens a handle and closes it again; nothing of libpcap's stays but the instructions.

use libc::{c_char, c_int, c_uint, sock_filter};
use libloading::{Library, Symbol};
use std::ffi::{CStr, CString, c_void};
use std::ptr;

/// `struct bpf_program` of `pcap/bpf.h`. Its instructions are laid out as the kernel's `sock_filter`.
#[repr(C)]
struct BpfProgram {
    len: c_uint,
    instructions: *mut sock_filter,
}

/// `struct pcap_pkthdr` of `pcap/pcap.h`.
#[repr(C)]
struct Header {
    time: libc::timeval,
    captured: u32,
    original: u32,
}

type Handle = *mut c_void;

/// `PCAP_NETMASK_UNKNOWN`: only `ip broadcast` would need it.
const NO_NETMASK: u32 = 0xffff_ffff;

/// Why there is no program.
#[derive(Debug)]
pub enum Error {
    /// No capture could be opened to compile for: libpcap's number and words.
    Open(c_int, String),
    /// The filter is wrong, in libpcap's words.
    Filter(String),
}

type Run = unsafe extern "C" fn(*const BpfProgram, *const Header, *const u8) -> c_int;

/// Instructions that libpcap made.
#[derive(Clone, Debug)]
pub struct Compiled(Vec<sock_filter>);

impl Compiled {
    /// The instructions.
    pub fn instructions(&self) -> &[sock_filter] {
        &self.0
    }
}

/// The library.
#[derive(Debug)]
pub struct Libpcap {
    library: Library,
    /// `pcap_offline_filter`, which is called for each frame; it stays as long as the library.
    run: Run,
}

impl Libpcap {
    /// Loads it under the names that it has on Linux. The error is the dynamic linker's.
    pub fn load() -> Result<Self, String> {
        let mut first = None;
        for name in ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"] {
            // SAFETY: libpcap has no constructors that do more than set up its own data. The names hold no path, so only
            // the directories of the system are searched.
            let library = unsafe { Library::new(name) };
            // SAFETY: the type is that of `pcap.h`.
            let run = |library: &Library| unsafe { library.get::<Run>(c"pcap_offline_filter") }.map(|run| *run);
            let loaded = library.and_then(|library| Ok((run(&library)?, library)));
            match loaded {
                Ok((run, library)) => return Ok(Self { library, run }),
                Err(error) => _ = first.get_or_insert(error.to_string()),
            }
        }
        Err(first.unwrap_or_default())
    }

    /// Compiles for captures of this interface in the network namespace of the calling thread. The handle is activated,
    /// so that libpcap knows where the kernel keeps VLAN tags.
    pub fn compile_live(&self, interface: &CStr, snaplen: u32, filter: &CStr) -> Result<Compiled, Error> {
        let mut words = [0 as c_char; 256];
        // SAFETY: the types are those of `pcap.h`; `words` has PCAP_ERRBUF_SIZE bytes; strings end with a zero.
        unsafe {
            let create: Symbol<unsafe extern "C" fn(*const c_char, *mut c_char) -> Handle> =
                self.symbol(c"pcap_create")?;
            let set_snaplen: Symbol<unsafe extern "C" fn(Handle, c_int) -> c_int> = self.symbol(c"pcap_set_snaplen")?;
            let activate: Symbol<unsafe extern "C" fn(Handle) -> c_int> = self.symbol(c"pcap_activate")?;
            let close: Symbol<unsafe extern "C" fn(Handle)> = self.symbol(c"pcap_close")?;
            let handle = create(interface.as_ptr(), words.as_mut_ptr());
            if handle.is_null() {
                return Err(Error::Open(0, CStr::from_ptr(words.as_ptr()).to_string_lossy().into_owned()));
            }
            set_snaplen(handle, c_int::try_from(snaplen).unwrap_or(c_int::MAX));
            // Above 0 are warnings.
            let code = activate(handle);
            let result =
                if code < 0 { Err(Error::Open(code, self.words(handle)?)) } else { self.compile(handle, filter) };
            close(handle);
            result
        }
    }

    /// Compiles for frames of a file, whose tags are in their place. `link_type` is libpcap's `DLT_`.
    pub fn compile_dead(&self, link_type: c_int, snaplen: u32, filter: &CStr) -> Result<Compiled, Error> {
        // SAFETY: the types are those of `pcap.h`.
        unsafe {
            let open: Symbol<unsafe extern "C" fn(c_int, c_int) -> Handle> = self.symbol(c"pcap_open_dead")?;
            let close: Symbol<unsafe extern "C" fn(Handle)> = self.symbol(c"pcap_close")?;
            let handle = open(link_type, c_int::try_from(snaplen).unwrap_or(c_int::MAX));
            if handle.is_null() {
                return Err(Error::Open(0, "out of memory".into()));
            }
            let result = self.compile(handle, filter);
            close(handle);
            result
        }
    }

    /// Whether a program that was compiled here lets a frame through. A load past its end rejects it.
    pub fn lets_through(&self, program: &Compiled, frame: &[u8], original_len: u32) -> bool {
        let instructions = program.0.as_ptr().cast_mut();
        let program = BpfProgram { len: program.0.len() as c_uint, instructions };
        let header = Header {
            time: libc::timeval { tv_sec: 0, tv_usec: 0 },
            captured: u32::try_from(frame.len()).unwrap_or(u32::MAX),
            original: original_len,
        };
        // SAFETY: only `compile` makes a `Compiled`, so every jump in it leads inside it, and its only loops go on through
        // the frame; libpcap's interpreter tests every load against `captured`, which is no more than there is, and only
        // reads all three.
        unsafe { (self.run)(&raw const program, &raw const header, frame.as_ptr()) != 0 }
    }

    /// # Safety
    /// `handle` is open.
    unsafe fn compile(&self, handle: Handle, filter: &CStr) -> Result<Compiled, Error> {
        let mut program = BpfProgram { len: 0, instructions: ptr::null_mut() };
        // SAFETY: the types are those of `pcap.h`; the caller promises the handle; where compiling succeeded, `len`
        // instructions stand at `instructions` until they are freed.
        unsafe {
            type Compile = unsafe extern "C" fn(Handle, *mut BpfProgram, *const c_char, c_int, u32) -> c_int;
            let compile: Symbol<Compile> = self.symbol(c"pcap_compile")?;
            let free: Symbol<unsafe extern "C" fn(*mut BpfProgram)> = self.symbol(c"pcap_freecode")?;
            if compile(handle, &raw mut program, filter.as_ptr(), 1, NO_NETMASK) != 0 {
                return Err(Error::Filter(self.words(handle)?));
            }
            let code = std::slice::from_raw_parts(program.instructions, program.len as usize).to_vec();
            free(&raw mut program);
            Ok(Compiled(code))
        }
    }

    /// What libpcap says of the last error.
    ///
    /// # Safety
    /// `handle` is open.
    unsafe fn words(&self, handle: Handle) -> Result<String, Error> {
        // SAFETY: the type is that of `pcap.h`; the text is the handle's own and ends with a zero.
        unsafe {
            let words: Symbol<unsafe extern "C" fn(Handle) -> *const c_char> = self.symbol(c"pcap_geterr")?;
            Ok(CStr::from_ptr(words(handle)).to_string_lossy().into_owned())
        }
    }

    /// # Safety
    /// `T` is the type that `pcap.h` gives this function.
    unsafe fn symbol<T>(&self, name: &CStr) -> Result<Symbol<'_, T>, Error> {
        // SAFETY: the caller promises the type.
        unsafe { self.library.get(name) }.map_err(|error| Error::Open(0, error.to_string()))
    }
}

/// Text for libpcap, if there is no zero in it.
pub fn text(text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error::Filter("there is a zero byte in it".into()))
}
