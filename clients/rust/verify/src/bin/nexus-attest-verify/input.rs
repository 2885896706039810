//! Reads a file, or standard input.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

/// At most one byte more than the limit, by which a verifier sees that there is more.
pub fn read(name: &OsStr, limit: usize) -> Result<Vec<u8>, String> {
    let opened: io::Result<Box<dyn Read>> = if name == "-" { Ok(Box::new(io::stdin().lock())) } else { File::open(name).map(|file| Box::new(file) as _) };
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match opened.and_then(|input| input.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(why) => Err(format!("{} cannot be read: {why}", name.to_string_lossy())),
    }
}
