//! Packs what was edited again, as it is read: a segment that was compressed stays so.

use std::io::{self, BufReader, Read};

use bundle::unpack::Packing;

/// The level that files are packed with; it only has to be quick.
const ZSTD_LEVEL: i32 = 1;

/// A reader over the packed form of what `reader` has.
pub(crate) fn packed<'r>(reader: Box<dyn Read + Send + 'r>, packing: Packing) -> io::Result<Box<dyn Read + Send + 'r>> {
    Ok(match packing {
        Packing::Gzip => Box::new(flate2::read::GzEncoder::new(reader, flate2::Compression::fast())),
        Packing::Zstd => Box::new(zstd::stream::read::Encoder::with_buffer(BufReader::new(reader), ZSTD_LEVEL)?),
    })
}

/// Some bytes as a whole packed file, which can stand behind another one as a further member or frame.
pub(crate) fn packed_bytes(bytes: &[u8], packing: Option<Packing>) -> io::Result<Vec<u8>> {
    let Some(packing) = packing else { return Ok(bytes.to_vec()) };
    let mut packed_bytes = Vec::new();
    packed(Box::new(bytes), packing)?.read_to_end(&mut packed_bytes)?;
    Ok(packed_bytes)
}
