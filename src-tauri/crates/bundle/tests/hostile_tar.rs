//! Tar archives that lie: each opens with the trouble it deserves, and nothing of it can be read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

mod opened;
mod raw_tar;

use std::fs;

use bundle::{ContainerKind, Damage, Limits, LooksLike, OpenFault, Profile, ReadFault};
use opened::{codes, open, open_as};
use proptest::prelude::*;
use raw_tar::{GNU, Member, archive, bag, gzip, record, without_end, zstd};

/// The archive opens with exactly this code and refuses to be read, however it is packed.
#[track_caller]
fn refused(bytes: &[u8], code: &str) {
    for bytes in [bytes.to_vec(), gzip(bytes), zstd(bytes)] {
        let opened = open_as("bundle.tar.gz", &bytes, &Limits::standard()).unwrap();
        assert_eq!(codes(&opened), [code], "{:?}", opened.troubles());
        assert!(opened.is_refused());
        assert!(opened.entries().is_empty());
        assert!(matches!(opened.read("bagit.txt", 100), Err(ReadFault::Refused { .. })));
    }
}

/// A bag with these members too gets this code.
#[track_caller]
fn refused_with(members: &[Member], code: &str) {
    refused(&archive(&[bag(), members.to_vec()].concat()), code);
}

/// A bag with these members too opens without trouble, and one of them has this name and content.
#[track_caller]
fn reads_with(members: &[Member], name: &str, content: &[u8]) {
    let bytes = archive(&[bag(), members.to_vec()].concat());
    for bytes in [gzip(&bytes), zstd(&bytes), bytes] {
        let opened = open(&bytes).unwrap();
        assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
        assert_eq!(opened.read(name, 1 << 24).unwrap(), content);
    }
}

#[test]
fn an_honest_archive_reads_as_it_was_written_however_it_is_packed() {
    let plain = archive(&bag());
    let padded = [plain.clone(), vec![0; 8192]].concat();
    let kinds = [
        (plain.clone(), ContainerKind::Tar),
        (padded, ContainerKind::Tar),
        (gzip(&plain), ContainerKind::TarGzip),
        (zstd(&plain), ContainerKind::TarZstd),
    ];
    for (bytes, kind) in kinds {
        // The file has to stay where it is while it is read.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("anything");
        fs::write(&path, bytes).unwrap();
        let opened = bundle::open(&path, &Limits::standard()).unwrap();
        assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
        assert_eq!((opened.container(), opened.profile()), (kind, Profile::AuditBundle1));
        let names: Vec<(&str, u64)> =
            opened.entries().iter().map(|entry| (entry.name.as_str(), entry.size_bytes)).collect();
        assert_eq!(
            names,
            [("bagit.txt", 54), ("data/audit-manifest.json", 2), ("data/events/segment-000001.ndjson", 1000)]
        );
        assert_eq!(
            opened.read("data/events/segment-000001.ndjson", 1000).unwrap(),
            "{\"seq\":1}\n".repeat(100).as_bytes()
        );
        assert!(matches!(opened.read("bagit.txt", 53), Err(ReadFault::TooLarge { limit_bytes: 53, .. })));
        assert!(matches!(opened.read("no", 1), Err(ReadFault::NoSuchEntry { .. })));
    }
}

#[test]
fn names_of_every_form_are_read() {
    let long = format!("b/data/{}/x", "a".repeat(200));
    let inner = &long[2..];
    reads_with(&[Member::long_name(&long), Member::new("b/data/aaa", "1").with(|m| m.magic = GNU)], inner, b"1");
    reads_with(&[Member::extended(&[("path", &long), ("mtime", "1.5")]), Member::new("b/short", "2")], inner, b"2");
    reads_with(&[Member::new("x", "3").with(|m| m.prefix = b"b/data".to_vec())], "data/x", b"3");
    reads_with(&[Member::new("b/data/old", "4").with(|m| m.magic = [0; 8])], "data/old", b"4");
    // A value may hold line ends, and what means nothing here is passed over.
    let odd = [("SCHILY.xattr.user.x", "a\n\nb=c\n"), ("path", "b/data/odd")];
    reads_with(&[Member::extended(&odd), Member::new("b/data/y", "5")], "data/odd", b"5");
    let comment = Member { kind: b'g', ..Member::new("pax_global_header", record("comment", "0f3a")) };
    reads_with(&[comment, Member::new("b/data/z", "6")], "data/z", b"6");
}

#[test]
fn archives_of_another_program_open() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut append = |name: &str, content: &[u8]| {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(u64::try_from(content.len()).unwrap());
        header.set_mode(0o600);
        header.set_cksum();
        builder.append_data(&mut header, name, content).unwrap();
    };
    append("b/bagit.txt", b"BagIt-Version: 1.0\n");
    append(&format!("b/data/events/{}.ndjson", "n".repeat(150)), &b"{}\n".repeat(10_000));
    let opened = open(&builder.into_inner().unwrap()).unwrap();
    assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
    assert_eq!(opened.entries()[1].size_bytes, 30_000);
}

#[test]
fn an_archive_packed_from_inside_a_directory_may_name_that_directory() {
    let members = bag().into_iter().map(|member| {
        let name = [b"./", member.name.as_slice()].concat();
        Member { name, ..member }
    });
    let members: Vec<Member> = [Member::of_kind(b'5', "./")].into_iter().chain(members).collect();
    let opened = open(&archive(&members)).unwrap();
    assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
    assert!(opened.entry("bagit.txt").is_some());
    refused_with(&[Member::new("./b/bagit.txt", "x")], "ARCHIVE_DUPLICATE_ENTRY");
    refused_with(&[Member::new("././b/x", "x")], "PATH_UNSAFE");
}

#[test]
fn names_that_could_leave_the_bundle_are_refused() {
    for name in ["/etc/x", "b/../x", "b/./x", "b\\x", "C:/x", "b/x:y", "b/CON", "b/x.", "b//x", "~/x"] {
        refused_with(&[Member::new(name, "x")], "PATH_UNSAFE");
        refused_with(&[Member::extended(&[("path", name)]), Member::new("b/x", "x")], "PATH_UNSAFE");
        refused_with(&[Member::long_name(name), Member::new("b/x", "x")], "PATH_UNSAFE");
    }
    refused_with(&[Member::new(b"b/\xff", "x")], "PATH_UNSAFE");
    refused_with(&[Member::long_name("b/x\0y"), Member::new("b/x", "x")], "PATH_UNSAFE");
}

#[test]
fn links_devices_and_holes_are_refused() {
    for kind in [b'1', b'2'] {
        let link = Member::of_kind(kind, "b/data/link").with(|m| m.target = b"../../etc/passwd".to_vec());
        refused_with(std::slice::from_ref(&link), "LINK_FORBIDDEN");
        let long = Member { kind: b'K', magic: GNU, ..Member::new("././@LongLink", [b'a'; 200]) };
        refused_with(&[long, link], "LINK_FORBIDDEN");
    }
    for kind in [b'3', b'4', b'6', b'V', b'M', b'D', b'z'] {
        refused_with(&[Member::of_kind(kind, "b/data/x")], "ARCHIVE_ENTRY_TYPE");
    }
    let sparse = bag().into_iter().chain([Member { kind: b'S', magic: GNU, ..Member::new("b/data/x", "abc") }]);
    let opened = open(&archive(&sparse.collect::<Vec<_>>())).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_ENTRY_TYPE", "ARCHIVE_LAYOUT"]);
    let records = Member::extended(&[("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "5")]);
    let opened = open(&archive(&[bag(), vec![records, Member::new("b/data/x", "abc")]].concat())).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_ENTRY_TYPE", "ARCHIVE_LAYOUT"]);
}

#[test]
fn two_entries_of_one_name_are_refused() {
    refused_with(&[Member::new("b/bagit.txt", "x")], "ARCHIVE_DUPLICATE_ENTRY");
    refused_with(&[Member::new("b/BagIt.txt", "x")], "ARCHIVE_NAME_COLLISION");
    refused_with(&[Member::new("b/bagit.txt/x", "x")], "ARCHIVE_NAME_COLLISION");
    refused_with(&[Member::new("c/x", "x")], "ARCHIVE_LAYOUT");
}

#[test]
fn an_entry_that_two_programs_read_in_two_ways_is_refused() {
    let file = Member::new("b/data/x", "x");
    let path = Member::extended(&[("path", "b/data/y")]);
    let layout = |members: &[Member]| refused_with(members, "ARCHIVE_LAYOUT");
    layout(&[path.clone(), path.clone(), file.clone()]);
    layout(&[Member::long_name("b/data/y"), Member::long_name("b/data/z"), file.clone()]);
    layout(&[path.clone(), Member::long_name("b/data/z"), file.clone()]);
    layout(&[Member::extended(&[("path", "b/a"), ("path", "b/c")]), file.clone()]);
    layout(&[Member { kind: b'g', ..Member::extended(&[("path", "b/a")]) }, file.clone()]);
    layout(&[Member { kind: b'x', ..Member::new("x", "no records") }, file.clone()]);
    layout(&[path]);
    layout(&[Member::extended(&[("size", "0")]), file.clone()]);
    layout(&[file.clone().with(|m| m.checksum = Some(1))]);
    layout(&[file.clone().with(|m| m.stated_size = Some(b"0000000000x\0".to_vec()))]);
    layout(&[file.clone().with(|m| m.stated_size = Some(b"-0000000001\0".to_vec()))]);
    layout(&[file.clone().with(|m| m.stated_size = Some([&[0x81; 4][..], &[0; 7], &[1]].concat()))]);
    layout(&[file.clone().with(|m| (m.magic, m.prefix) = (GNU, b"b".to_vec()))]);
    layout(&[file.with(|m| m.padding = 1)]);
    layout(&[Member { kind: b'5', ..Member::new("b/data/d", "content") }]);
}

#[test]
fn a_size_may_be_stated_in_binary_and_in_records() {
    let binary = [&[0x80; 1][..], &[0; 10], &[3]].concat();
    reads_with(&[Member::new("b/data/x", "abc").with(|m| m.stated_size = Some(binary))], "data/x", b"abc");
    reads_with(&[Member::extended(&[("size", "3")]), Member::new("b/data/x", "abc")], "data/x", b"abc");
}

#[test]
fn sizes_that_lie_are_refused() {
    let lying = |size: u64| {
        Member::new("b/data/x", "abc").with(|m| m.stated_size = Some(format!("{size:011o}\0").into_bytes()))
    };
    // Longer: what lies behind is taken for content until the archive ends in the middle of it.
    refused_with(&[lying(1 << 20)], "ARCHIVE_LAYOUT");
    // Shorter: what was content is neither padding nor a header.
    refused_with(&[lying(1)], "ARCHIVE_LAYOUT");
    refused_with(&[lying(5 << 30)], "ARCHIVE_LIMIT_EXCEEDED");
}

#[test]
fn an_archive_without_its_end_was_cut_short() {
    let whole = archive(&bag());
    refused(&without_end(&bag()), "ARCHIVE_LAYOUT");
    for end in [whole.len() - 512, whole.len() - 1030, 700, 1600, 512] {
        refused(&whole[..end], "ARCHIVE_LAYOUT");
    }
    for packed in [gzip(&whole), zstd(&whole)] {
        for end in [packed.len() - 1, packed.len() - 9, packed.len() / 2, 3] {
            let opened = open_as("b.tgz", &packed[..end], &Limits::standard());
            // Three bytes of Zstandard are not even its magic number.
            let Ok(opened) = opened else { continue };
            assert_eq!(codes(&opened), ["ARCHIVE_LAYOUT"]);
        }
    }
}

#[test]
fn bytes_behind_the_end_are_refused() {
    let whole = archive(&bag());
    refused(&[whole.clone(), b"hidden".to_vec()].concat(), "ARCHIVE_LAYOUT");
    refused(&[whole.clone(), archive(&bag())].concat(), "ARCHIVE_LAYOUT");
    refused(&[without_end(&bag()), vec![0; 512], vec![1; 512]].concat(), "ARCHIVE_LAYOUT");
    for packed in [gzip(&whole), zstd(&whole)] {
        for behind in [&b"x"[..], b"junk", &[0; 8], &[0; 600]] {
            let opened = open(&[packed.as_slice(), behind].concat()).unwrap();
            assert_eq!(codes(&opened), ["ARCHIVE_LAYOUT"], "{}", behind.len());
            assert!(opened.troubles()[0].message.contains("left over"), "{:?}", opened.troubles());
        }
    }
}

/// Both formats are series of members, and stock tools unpack all of them.
#[test]
fn several_members_are_one_archive() {
    let whole = archive(&bag());
    let (one, other) = whole.split_at(1300);
    let frame_to_skip = [&b"\x50\x2a\x4d\x18\x03\0\0\0"[..], b"abc"].concat();
    let packed = [
        [gzip(one), gzip(other)].concat(),
        [gzip(b""), gzip(one), gzip(b""), gzip(other), gzip(b"")].concat(),
        [zstd(one), zstd(other)].concat(),
        [frame_to_skip.clone(), zstd(one), frame_to_skip.clone(), zstd(other), frame_to_skip].concat(),
    ];
    for bytes in packed {
        let opened = open(&bytes).unwrap();
        assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
        assert_eq!(opened.entries().len(), 3);
    }
    refused_packed(&[gzip(&whole), gzip(b"").repeat(1_100)].concat(), "ARCHIVE_LIMIT_EXCEEDED");
    refused_packed(&[gzip(&whole), gzip(&whole)].concat(), "ARCHIVE_LAYOUT");
}

#[track_caller]
fn refused_packed(bytes: &[u8], code: &str) {
    let opened = open(bytes).unwrap();
    assert_eq!(codes(&opened), [code], "{:?}", opened.troubles());
    assert!(opened.entries().is_empty());
}

#[test]
fn a_damaged_byte_of_a_packed_archive_is_noticed() {
    let whole = archive(&bag());
    let mut packed = gzip(&whole);
    let checksum = packed.len() - 8;
    packed[checksum] ^= 1;
    refused_packed(&packed, "ARCHIVE_LAYOUT");
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut encoder, &whole).unwrap();
    let mut packed = encoder.finish().unwrap();
    let last = packed.len() - 1;
    packed[last] ^= 1;
    refused_packed(&packed, "ARCHIVE_LAYOUT");
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let zeros = vec![0; 64 << 20];
    let bomb = archive(&[bag(), vec![Member::new("b/data/events/zeros.ndjson", &zeros)]].concat());
    for packed in [gzip(&bomb), zstd(&bomb)] {
        refused_packed(&packed, "ARCHIVE_LIMIT_EXCEEDED");
    }
    let opened = open_as("x", &gzip(&bomb), &Limits::large()).unwrap();
    assert!(!opened.is_refused(), "{:?}", opened.troubles());
    // Plain, it is only large.
    assert!(!open(&bomb).unwrap().is_refused());
}

#[test]
fn a_bomb_among_honest_files_is_refused_too() {
    // Noise that does not pack keeps the ratio of the whole archive low.
    let mut noise = Vec::with_capacity(4 << 20);
    let mut state = 1_u64;
    while noise.len() < 4 << 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        noise.extend((state >> 16).to_le_bytes());
    }
    let members = vec![Member::new("b/data/noise", &noise), Member::new("b/data/zeros", vec![0; 32 << 20])];
    let bytes = archive(&[bag(), members].concat());
    refused_packed(&gzip(&bytes), "ARCHIVE_LIMIT_EXCEEDED");
    refused_packed(&zstd(&bytes), "ARCHIVE_LIMIT_EXCEEDED");
}

#[test]
fn a_frame_that_wants_too_much_memory_is_refused() {
    let mut encoder = ::zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    encoder.long_distance_matching(true).unwrap();
    std::io::Write::write_all(&mut encoder, &archive(&bag())).unwrap();
    let packed = encoder.finish().unwrap();
    let opened = open_as("b.tar.zst", &packed, &Limits::standard()).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_LIMIT_EXCEEDED"], "{:?}", opened.troubles());
    assert!(opened.troubles()[0].message.contains("128 MiB"));
}

#[test]
fn too_many_entries_are_refused() {
    let limits = Limits { entries_max: 3, ..Limits::standard() };
    let opened = open_as("x", &archive(&bag()), &limits).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_LIMIT_EXCEEDED"]);
    let limits = Limits { total_bytes_max: 500, ..Limits::standard() };
    let opened = open_as("x", &gzip(&archive(&bag())), &limits).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_LIMIT_EXCEEDED"]);
}

#[test]
fn packed_files_that_are_no_archive_are_told_apart() {
    let looks_like = |bytes: &[u8]| match open(bytes).unwrap_err() {
        OpenFault::NotABundle { looks_like, .. } => looks_like,
        fault => panic!("{fault:?}"),
    };
    assert_eq!(looks_like(&gzip(b"{\"seq\":1}\n")), LooksLike::Gzip);
    assert_eq!(looks_like(&zstd(b"{\"seq\":1}\n")), LooksLike::Zstandard);
    assert_eq!(looks_like(&archive(&[Member::new("word/document.xml", "<a/>")])), LooksLike::OtherContent);
    assert_eq!(looks_like(&gzip(&archive(&[Member::new("a.txt", "a")]))), LooksLike::OtherContent);
}

#[test]
fn a_file_that_changes_under_the_reader_is_noticed() {
    let big = Member::new("b/data/big", "0123456789".repeat(60_000));
    let bytes = archive(&[bag(), vec![big]].concat());
    for packed in [bytes.clone(), gzip(&bytes), zstd(&bytes)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        fs::write(&path, &packed).unwrap();
        let opened = bundle::open(&path, &Limits::standard()).unwrap();
        let mut stream = opened.stream("data/big").unwrap();
        fs::write(&path, &packed[..packed.len() / 2]).unwrap();
        let fault = ReadFault::of(std::io::copy(&mut stream, &mut std::io::sink()).unwrap_err());
        assert!(matches!(fault, ReadFault::Changed { .. }), "{fault:?}");
        drop(stream);
        assert!(matches!(opened.read("bagit.txt", 100), Err(ReadFault::Changed { .. })));
    }
}

#[test]
fn entries_read_in_any_order_by_several_threads_are_themselves() {
    let content = |number: usize| format!("{number:08}\n").repeat(40_000 + number).into_bytes();
    let files = (0..12).map(|number| Member::new(format!("b/data/{number:02}"), content(number)));
    let bytes = archive(&bag().into_iter().chain(files).collect::<Vec<_>>());
    for packed in [bytes.clone(), gzip(&bytes), zstd(&bytes)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b");
        fs::write(&path, &packed).unwrap();
        let opened = bundle::open(&path, &Limits::standard()).unwrap();
        let read =
            |number: usize| assert!(opened.read(&format!("data/{number:02}"), 1 << 20).unwrap() == content(number));
        std::thread::scope(|scope| {
            scope.spawn(|| (0..12).for_each(read));
            scope.spawn(|| (0..12).rev().for_each(read));
            scope.spawn(|| [5, 5, 0, 11, 3].into_iter().for_each(read));
        });
        // A stream that is left in the middle leaves nothing wrong behind.
        let mut some = [0; 100];
        opened.stream("data/03").unwrap().read_exact(&mut some).unwrap();
        read(4);
        read(3);
    }
}

#[test]
fn a_packed_archive_says_in_which_order_it_is_read_once() {
    let names = ["b/data/z", "b/data/m", "b/data/a"];
    let files = names.map(|name| Member::new(name, "x"));
    let bytes = archive(&[bag(), files.to_vec()].concat());
    assert_eq!(open(&bytes).unwrap().sequence(), None);
    let opened = open(&gzip(&bytes)).unwrap();
    let order = opened.sequence().unwrap().into_iter().map(|index| opened.entries()[index].name.as_str());
    let order: Vec<&str> = order.collect();
    assert_eq!(order[3..], ["data/z", "data/m", "data/a"]);
}

#[test]
fn damage_has_a_finding() {
    for (damage, code) in [
        (Damage::CutShort, "ARCHIVE_LAYOUT"),
        (Damage::LeftOver, "ARCHIVE_LAYOUT"),
        (Damage::UnpacksTooFar, "ARCHIVE_LIMIT_EXCEEDED"),
        (Damage::WindowTooLarge, "ARCHIVE_LIMIT_EXCEEDED"),
    ] {
        let fault = ReadFault::Damaged { name: "data/x".into(), damage };
        assert_eq!(fault.trouble().unwrap().code.code(), code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_archive_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        drop(open(&bytes));
        drop(open_as("x.tar.gz", &[b"\x1f\x8b\x08\0\0\0\0\0\0\xff", bytes.as_slice()].concat(), &Limits::standard()));
        drop(open_as("x.tar.zst", &[b"\x28\xb5\x2f\xfd", bytes.as_slice()].concat(), &Limits::standard()));
    }

    #[test]
    fn no_flipped_byte_makes_it_panic_or_read_past_the_end(at in 0_usize..3072, to in any::<u8>()) {
        let mut bytes = archive(&bag());
        bytes[at] = to;
        if let Ok(opened) = open(&bytes) {
            for entry in opened.entries() {
                drop(opened.read(&entry.name, 1 << 20));
            }
        }
    }
}
