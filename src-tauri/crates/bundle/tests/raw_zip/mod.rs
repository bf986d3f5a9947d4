//! Writes zip archives byte by byte, so that each field can be made to lie.

use std::io::Write as _;

/// One member with every field that a test may want to bend. The defaults are honest.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) content: Vec<u8>,
    pub(crate) is_deflated: bool,
    /// The packed bytes, if they are not made from the content.
    pub(crate) packed: Option<Vec<u8>>,
    pub(crate) method: Option<u16>,
    pub(crate) flags: u16,
    pub(crate) local_flags: Option<u16>,
    pub(crate) attributes: u32,
    pub(crate) stated_size: Option<u32>,
    pub(crate) local_size: Option<u32>,
    pub(crate) checksum: Option<u32>,
    pub(crate) descriptor: Option<Vec<u8>>,
    /// The size in the local header of a member whose numbers follow its content.
    pub(crate) deferred_size: Option<u32>,
    pub(crate) extra: Vec<u8>,
    pub(crate) central_offset: Option<u32>,
    /// Bytes behind the member that belong to nothing.
    pub(crate) gap: Vec<u8>,
    /// Whether the central directory lists it.
    pub(crate) is_listed: bool,
}

impl Member {
    pub(crate) fn new(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            local_name: None,
            content: content.as_ref().to_vec(),
            is_deflated: false,
            packed: None,
            method: None,
            flags: 0x800,
            local_flags: None,
            attributes: 0o100_644 << 16,
            stated_size: None,
            local_size: None,
            checksum: None,
            descriptor: None,
            deferred_size: None,
            extra: Vec::new(),
            central_offset: None,
            gap: Vec::new(),
            is_listed: true,
        }
    }

    pub(crate) fn deflated(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        Self { is_deflated: true, ..Self::new(name, content) }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn checksum(&self) -> u32 {
        self.checksum.unwrap_or_else(|| crc32fast::hash(&self.content))
    }
}

/// Deflates with the best compression.
pub(crate) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// The end of an archive.
#[derive(Clone, Default)]
pub(crate) struct End {
    pub(crate) count: Option<u16>,
    pub(crate) comment: Vec<u8>,
    pub(crate) before: Vec<u8>,
    pub(crate) before_central: Vec<u8>,
    pub(crate) behind: Vec<u8>,
    pub(crate) disk: u16,
    pub(crate) zip64: bool,
    pub(crate) zip64_count: Option<u64>,
}

/// Bytes of an archive with these members.
pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    archive_with(members, &End::default())
}

/// Bytes of an archive with these members and this end.
pub(crate) fn archive_with(members: &[Member], end: &End) -> Vec<u8> {
    let mut out = end.before.clone();
    let mut central = Vec::new();
    let mut listed = 0_u16;
    for member in members {
        let offset = u32::try_from(out.len()).unwrap();
        let packed = member
            .packed
            .clone()
            .unwrap_or_else(|| if member.is_deflated { deflate(&member.content) } else { member.content.clone() });
        let method = member.method.unwrap_or(if member.is_deflated { 8 } else { 0 });
        let size = member.stated_size.unwrap_or(u32::try_from(member.content.len()).unwrap());
        let packed_size = u32::try_from(packed.len()).unwrap();
        let is_deferred = member.flags & 8 != 0;
        let local_name = member.local_name.as_ref().unwrap_or(&member.name);
        let zero_if_deferred = |value: u32| if is_deferred { 0 } else { value };
        out.extend(b"PK\x03\x04\x14\0");
        out.extend(member.local_flags.unwrap_or(member.flags).to_le_bytes());
        out.extend(method.to_le_bytes());
        out.extend([0; 4]);
        out.extend(zero_if_deferred(member.checksum()).to_le_bytes());
        out.extend(zero_if_deferred(packed_size).to_le_bytes());
        let local_size = zero_if_deferred(member.local_size.unwrap_or(size));
        out.extend(member.deferred_size.unwrap_or(local_size).to_le_bytes());
        out.extend(u16::try_from(local_name.len()).unwrap().to_le_bytes());
        out.extend(u16::try_from(member.extra.len()).unwrap().to_le_bytes());
        out.extend(local_name);
        out.extend(&member.extra);
        out.extend(&packed);
        if is_deferred {
            let honest = || {
                [
                    b"PK\x07\x08".as_slice(),
                    &member.checksum().to_le_bytes(),
                    &packed_size.to_le_bytes(),
                    &size.to_le_bytes(),
                ]
                .concat()
            };
            out.extend(member.descriptor.clone().unwrap_or_else(honest));
        }
        out.extend(&member.gap);
        if !member.is_listed {
            continue;
        }
        listed += 1;
        central.extend(b"PK\x01\x02\x14\x03\x14\0");
        central.extend(member.flags.to_le_bytes());
        central.extend(method.to_le_bytes());
        central.extend([0; 4]);
        central.extend(member.checksum().to_le_bytes());
        central.extend(packed_size.to_le_bytes());
        central.extend(size.to_le_bytes());
        central.extend(u16::try_from(member.name.len()).unwrap().to_le_bytes());
        central.extend(u16::try_from(member.extra.len()).unwrap().to_le_bytes());
        central.extend([0; 6]);
        central.extend(member.attributes.to_le_bytes());
        central.extend(member.central_offset.unwrap_or(offset).to_le_bytes());
        central.extend(&member.name);
        central.extend(&member.extra);
    }
    out.extend(&end.before_central);
    let central_offset = u32::try_from(out.len()).unwrap();
    let central_size = u32::try_from(central.len()).unwrap();
    out.extend(&central);
    let count = end.count.unwrap_or(listed);
    if end.zip64 {
        let wide_offset = out.len() as u64;
        let wide_count = end.zip64_count.unwrap_or(u64::from(count));
        out.extend(b"PK\x06\x06");
        out.extend(44_u64.to_le_bytes());
        out.extend([45, 3, 45, 0]);
        out.extend([0; 8]);
        out.extend(wide_count.to_le_bytes());
        out.extend(wide_count.to_le_bytes());
        out.extend(u64::from(central_size).to_le_bytes());
        out.extend(u64::from(central_offset).to_le_bytes());
        out.extend(b"PK\x06\x07");
        out.extend([0; 4]);
        out.extend(wide_offset.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    let narrow = |value: u32| if end.zip64 { u32::MAX } else { value };
    out.extend(b"PK\x05\x06");
    out.extend(end.disk.to_le_bytes());
    out.extend([0; 2]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(narrow(central_size).to_le_bytes());
    out.extend(narrow(central_offset).to_le_bytes());
    out.extend(u16::try_from(end.comment.len()).unwrap().to_le_bytes());
    out.extend(&end.comment);
    out.extend(&end.behind);
    out
}

/// A small honest bag: its first members in every test.
pub(crate) fn bag() -> Vec<Member> {
    vec![
        Member::deflated("b/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        Member::deflated("b/data/audit-manifest.json", "{}"),
        Member::new("b/data/events/segment-000001.ndjson", "{\"seq\":1}\n".repeat(100)),
    ]
}
