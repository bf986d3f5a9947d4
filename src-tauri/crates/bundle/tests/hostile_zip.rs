//! Zip archives that lie: each opens with the trouble it deserves, and nothing of it can be read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and say what they skip"
)]

mod opened;
mod raw_zip;

use std::fs;
use std::io::{Read as _, Write as _};

use bundle::{Bundle, Damage, Limits, LooksLike, OpenFault, ReadFault};
use opened::{codes, open};
use proptest::prelude::*;
use raw_zip::{End, Member, archive, archive_with, bag, deflate};

/// The archive opens with exactly this code and refuses to be read.
#[track_caller]
fn refused(bytes: &[u8], code: &str) {
    let opened = open(bytes).unwrap();
    assert_eq!(codes(&opened), [code], "{:?}", opened.troubles());
    assert!(opened.is_refused());
    assert!(opened.entries().is_empty());
    assert!(matches!(opened.read("bagit.txt", 100), Err(ReadFault::Refused { .. })));
}

/// A bag with one more member gets this code.
#[track_caller]
fn refused_with(member: Member, code: &str) {
    refused(&archive(&[bag(), vec![member]].concat()), code);
}

#[track_caller]
fn damaged(member: Member, damage: Damage) {
    let name = String::from_utf8(member.name[2..].to_vec()).unwrap();
    let opened = open(&archive(&[bag(), vec![member]].concat())).unwrap();
    assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
    let fault = opened.read(&name, 1 << 20).unwrap_err();
    assert!(matches!(&fault, ReadFault::Damaged { damage: found, .. } if *found == damage), "{fault:?}");
    assert_eq!(fault.trouble().unwrap().code.code(), "ARCHIVE_LAYOUT");
}

#[test]
fn an_honest_archive_reads_as_it_was_written() {
    for end in
        [End::default(), End { zip64: true, ..End::default() }, End { comment: b"made by".to_vec(), ..End::default() }]
    {
        let opened = open(&archive_with(&bag(), &end)).unwrap();
        assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
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
        assert!(opened.read("bagit.txt", 54).unwrap().starts_with(b"BagIt-Version"));
        assert!(matches!(opened.read("bagit.txt", 53), Err(ReadFault::TooLarge { limit_bytes: 53, .. })));
        assert!(matches!(opened.read("no", 1), Err(ReadFault::NoSuchEntry { .. })));
    }
}

#[test]
fn archives_of_another_program_open() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default();
    writer.add_directory("b", plain).unwrap();
    writer.start_file("b/bagit.txt", plain).unwrap();
    writer.write_all(b"BagIt-Version: 1.0\n").unwrap();
    writer.start_file("b/data/events/a.ndjson", plain.large_file(true).unix_permissions(0o600)).unwrap();
    writer.write_all(&b"{}\n".repeat(10_000)).unwrap();
    writer.start_file("b/data/stored", plain.compression_method(zip::CompressionMethod::Stored)).unwrap();
    writer.write_all(b"stored").unwrap();
    let opened = open(&writer.finish().unwrap().into_inner()).unwrap();
    assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
    assert_eq!(opened.read("data/events/a.ndjson", 30_000).unwrap(), b"{}\n".repeat(10_000));
    assert_eq!(opened.read("data/stored", 6).unwrap(), b"stored");
}

#[test]
fn archives_written_to_a_pipe_open() {
    let descriptors = [
        |packed: u32, member: &Member| {
            [&b"PK\x07\x08"[..], &member.checksum().to_le_bytes(), &packed.to_le_bytes(), &5_u32.to_le_bytes()].concat()
        },
        |packed: u32, member: &Member| {
            [&member.checksum().to_le_bytes()[..], &packed.to_le_bytes(), &5_u32.to_le_bytes()].concat()
        },
        |packed: u32, member: &Member| {
            [&member.checksum().to_le_bytes()[..], &u64::from(packed).to_le_bytes(), &5_u64.to_le_bytes()].concat()
        },
    ];
    for descriptor in descriptors {
        let member = Member::deflated("b/data/x", "hello").with(|member| {
            member.flags |= 8;
            let packed = u32::try_from(deflate(b"hello").len()).unwrap();
            member.descriptor = Some(descriptor(packed, member));
        });
        let opened = open(&archive(&[bag(), vec![member]].concat())).unwrap();
        assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
        assert_eq!(opened.read("data/x", 5).unwrap(), b"hello");
    }
}

#[test]
fn a_writer_to_a_pipe_may_state_the_one_number_it_knows() {
    let member = Member::deflated("b/data/x", "hello").with(|member| {
        member.flags |= 8;
        member.deferred_size = Some(5);
    });
    let opened = open(&archive(&[bag(), vec![member.clone()]].concat())).unwrap();
    assert!(opened.troubles().is_empty(), "{:?}", opened.troubles());
    refused_with(member.with(|member| member.deferred_size = Some(6)), "ARCHIVE_LAYOUT");
}

#[test]
fn a_lying_descriptor_is_found() {
    refused_with(
        Member::deflated("b/data/x", "hello").with(|member| {
            member.flags |= 8;
            member.descriptor = Some(b"PK\x07\x08aaaabbbbcccc".to_vec());
        }),
        "ARCHIVE_LAYOUT",
    );
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in
        ["../x", "b/../../x", "/abs", "~/x", "C:/x", "b\\..\\x", "b/CON", "b/x.", "b//x", "b/./x", "b/x\n", "b/a:b"]
    {
        refused_with(Member::new(name, "x"), "PATH_UNSAFE");
    }
    refused_with(Member::new(b"b/\xff\xfe", "x"), "PATH_UNSAFE");
    refused_with(Member::new(vec![b'a'; 2000], "x"), "PATH_UNSAFE");
    refused_with(Member::new(b"b/x\0.txt", "x"), "PATH_UNSAFE");
}

#[test]
fn a_path_of_too_many_components_meets_its_limit() {
    refused_with(Member::new(format!("b/{}x", "d/".repeat(40)), "x"), "ARCHIVE_LIMIT_EXCEEDED");
}

#[test]
fn links_and_devices_are_refused_by_their_mode() {
    let with_attributes =
        |attributes: u32| Member::new("b/data/x", "/etc/passwd").with(|member| member.attributes = attributes);
    refused_with(with_attributes(0o120_777 << 16), "LINK_FORBIDDEN");
    refused_with(with_attributes(0x400), "LINK_FORBIDDEN");
    for mode in [0o010_644, 0o020_644, 0o060_644, 0o140_644, 0o040_755] {
        refused_with(with_attributes(mode << 16), "ARCHIVE_ENTRY_TYPE");
    }
    refused_with(with_attributes(0x10), "ARCHIVE_ENTRY_TYPE");
}

#[test]
fn a_directory_entry_with_content_is_refused() {
    let directory = Member::new("b/d/", "hidden").with(|member| member.attributes = 0o040_755 << 16);
    refused_with(directory, "ARCHIVE_LAYOUT");
}

#[test]
fn one_name_twice_is_refused_and_not_collapsed() {
    refused_with(Member::new("b/bagit.txt", "other"), "ARCHIVE_DUPLICATE_ENTRY");
}

#[test]
fn names_that_meet_on_some_system_are_refused() {
    refused_with(Member::new("b/BagIt.txt", "other"), "ARCHIVE_NAME_COLLISION");
    refused_with(Member::new("b/bagit.txt/x", "other"), "ARCHIVE_NAME_COLLISION");
    let composed = Member::new("b/data/\u{e9}", "x");
    let decomposed = Member::new("b/data/e\u{301}", "x");
    let opened = open(&archive(&[bag(), vec![composed, decomposed]].concat())).unwrap();
    assert!(codes(&opened).contains(&"ARCHIVE_NAME_COLLISION"));
    assert!(opened.is_refused());
}

#[test]
fn more_than_one_top_is_refused() {
    refused_with(Member::new("c/x", "x"), "ARCHIVE_LAYOUT");
    refused_with(Member::new("x", "x"), "ARCHIVE_LAYOUT");
    refused_with(Member::new("c/", "").with(|member| member.attributes = 0o040_755 << 16), "ARCHIVE_LAYOUT");
    refused_with(Member::new("__MACOSX/b/._bagit.txt", "x"), "ARCHIVE_LAYOUT");
    refused(&archive(&[Member::new("bagit.txt", "x"), Member::new("data/x", "x")]), "ARCHIVE_LAYOUT");
}

#[test]
fn an_entry_count_that_lies_is_refused() {
    for count in [0, 2, 4] {
        refused(&archive_with(&bag(), &End { count: Some(count), ..End::default() }), "ARCHIVE_LAYOUT");
    }
    refused(&archive_with(&bag(), &End { zip64: true, zip64_count: Some(4), ..End::default() }), "ARCHIVE_LAYOUT");
}

#[test]
fn a_member_that_the_directory_hides_is_refused() {
    refused_with(Member::new("b/hidden", "x").with(|member| member.is_listed = false), "ARCHIVE_LAYOUT");
    let hidden = Member::new("b/hidden", "x").with(|member| member.is_listed = false);
    refused(&archive(&[vec![hidden], bag()].concat()), "ARCHIVE_LAYOUT");
}

#[test]
fn bytes_that_belong_to_nothing_are_refused_wherever_they_lie() {
    refused_with(Member::new("b/x", "x").with(|member| member.gap = b"hidden".to_vec()), "ARCHIVE_LAYOUT");
    let mut members = bag();
    members[0].gap = b"PK\x03\x04hidden".to_vec();
    refused(&archive(&members), "ARCHIVE_LAYOUT");
    for junk in [&b"MZ\x90\0junk"[..], b"#!/bin/sh\n", b"PK\x03\x04", b"\0"] {
        refused(&archive_with(&bag(), &End { before: junk.to_vec(), ..End::default() }), "ARCHIVE_LAYOUT");
        refused(&archive_with(&bag(), &End { behind: junk.to_vec(), ..End::default() }), "ARCHIVE_LAYOUT");
        refused(&archive_with(&bag(), &End { before_central: junk.to_vec(), ..End::default() }), "ARCHIVE_LAYOUT");
    }
    // Leading junk whose offsets were shifted by hand is junk all the same.
    let shifted: Vec<u8> = [b"junk".to_vec(), archive(&bag())].concat();
    refused(&shifted, "ARCHIVE_LAYOUT");
}

#[test]
fn a_second_end_record_in_the_comment_is_refused() {
    let inner = archive(&[Member::new("b/bagit.txt", "other")]);
    let comment = inner[inner.len() - 22..].to_vec();
    refused(&archive_with(&bag(), &End { comment, ..End::default() }), "ARCHIVE_LAYOUT");
}

#[test]
fn several_volumes_are_refused() {
    refused(&archive_with(&bag(), &End { disk: 1, ..End::default() }), "ARCHIVE_LAYOUT");
}

#[test]
fn a_header_that_contradicts_the_directory_is_refused() {
    let member = || Member::deflated("b/data/x", "hello");
    refused_with(member().with(|member| member.local_name = Some(b"b/data/y".to_vec())), "ARCHIVE_LAYOUT");
    refused_with(member().with(|member| member.local_flags = Some(0)), "ARCHIVE_LAYOUT");
    refused_with(member().with(|member| member.local_size = Some(6)), "ARCHIVE_LAYOUT");
}

#[test]
fn overlapping_members_are_refused() {
    refused_with(Member::new("b/data/x", "x").with(|member| member.central_offset = Some(0)), "ARCHIVE_LAYOUT");
    // A member whose packed bytes are the headers of the next ones.
    let inner = archive(&[Member::new("b/inner", "x")]);
    let outer = Member::new("b/outer", &inner[..38]);
    let within = Member::new("b/inner", "x").with(|member| member.central_offset = Some(37));
    refused(&archive(&[vec![outer], vec![within], bag()].concat()), "ARCHIVE_LAYOUT");
}

#[test]
fn encryption_and_other_methods_are_refused() {
    for flag in [1, 1 << 6, 1 << 13] {
        refused_with(Member::new("b/data/x", "x").with(|member| member.flags |= flag), "ARCHIVE_LAYOUT");
    }
    for method in [1, 9, 12, 14, 93, 95, 99] {
        refused_with(Member::new("b/data/x", "x").with(|member| member.method = Some(method)), "ARCHIVE_LAYOUT");
    }
}

#[test]
fn a_second_name_in_an_extra_field_is_refused() {
    let extra = |name: &[u8]| {
        let length = u16::try_from(name.len() + 5).unwrap();
        [&[0x75, 0x70][..], &length.to_le_bytes(), &[1, 0, 0, 0, 0], name].concat()
    };
    refused_with(Member::new("b/data/x", "x").with(|member| member.extra = extra(b"b/data/y")), "ARCHIVE_LAYOUT");
    let same = Member::new("b/data/x", "x").with(|member| member.extra = extra(b"b/data/x"));
    assert!(open(&archive(&[bag(), vec![same]].concat())).unwrap().troubles().is_empty());
    refused_with(Member::new("b/data/x", "x").with(|member| member.extra = vec![1, 0, 9, 9]), "ARCHIVE_LAYOUT");
}

#[test]
fn content_that_is_not_what_was_stated_is_damaged() {
    let hello = || Member::deflated("b/data/x", "hello");
    damaged(hello().with(|member| member.stated_size = Some(6)), Damage::ShorterThanStated);
    damaged(hello().with(|member| member.stated_size = Some(4)), Damage::LongerThanStated);
    damaged(hello().with(|member| member.checksum = Some(7)), Damage::Checksum);
    damaged(Member::new("b/data/x", "hello").with(|member| member.checksum = Some(7)), Damage::Checksum);
    let left_over = [deflate(b"hello"), b"left over".to_vec()].concat();
    damaged(hello().with(|member| member.packed = Some(left_over)), Damage::LeftOver);
    damaged(hello().with(|member| member.packed = Some(b"\xff\xff\xff\xff".to_vec())), Damage::Unpackable);
    let cut = deflate(&b"hello".repeat(1000));
    let cut = Member::deflated("b/data/x", "hello".repeat(1000))
        .with(|member| member.packed = Some(cut[..cut.len() / 2].to_vec()));
    damaged(cut, Damage::Unpackable);
}

#[test]
fn a_stored_size_that_lies_is_refused() {
    refused_with(Member::new("b/data/x", "hello").with(|member| member.stated_size = Some(50)), "ARCHIVE_LAYOUT");
}

#[test]
fn ten_gigabytes_of_zeros_in_ten_megabytes_meet_the_limits() {
    // One block of zeros, packed once and repeated: stating its sizes is enough, since nothing is unpacked.
    let packed = vec![0; 10 << 20];
    let bomb = |stated: u32| {
        Member::deflated("b/data/zeros", "").with(|member| {
            member.packed = Some(packed.clone());
            member.stated_size = Some(stated);
        })
    };
    refused_with(bomb(u32::MAX - 1), "ARCHIVE_LIMIT_EXCEEDED");
    // A real one: 64 MiB of zeros.
    let zeros = vec![0_u8; 64 << 20];
    refused_with(Member::deflated("b/data/zeros", &zeros), "ARCHIVE_LIMIT_EXCEEDED");
    // One that hides its size is stopped at the size it states.
    let liar = Member::deflated("b/data/zeros", &zeros).with(|member| member.stated_size = Some(1000));
    damaged(liar, Damage::LongerThanStated);
}

#[test]
fn many_small_bombs_are_one_large_one() {
    let packed = deflate(&vec![0; 15 << 20]);
    let members: Vec<Member> = (0..100)
        .map(|number| {
            Member::deflated(format!("b/data/{number}"), "").with(|member| {
                member.packed = Some(packed.clone());
                member.stated_size = Some(15 << 20);
            })
        })
        .collect();
    refused(&archive(&[bag(), members].concat()), "ARCHIVE_LIMIT_EXCEEDED");
}

#[test]
fn too_many_entries_meet_their_limit() {
    let limits = Limits { entries_max: 10, ..Limits::standard() };
    let members: Vec<Member> = (0..20).map(|number| Member::new(format!("b/data/{number}"), "")).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.zip");
    fs::write(&path, archive(&[bag(), members].concat())).unwrap();
    let opened = bundle::open(&path, &limits).unwrap();
    assert_eq!(codes(&opened), ["ARCHIVE_LIMIT_EXCEEDED"]);
}

#[test]
fn an_archive_cut_short_anywhere_is_a_known_container_in_trouble() {
    let whole = archive(&bag());
    for length in 4..whole.len() {
        let opened = open(&whole[..length]).unwrap();
        assert_eq!(codes(&opened), ["ARCHIVE_LAYOUT"], "cut at {length}");
    }
}

#[test]
fn any_flipped_bit_that_changes_a_name_or_a_content_is_found() {
    let whole = archive(&[
        Member::deflated("b/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        Member::new("b/data/events/a.ndjson", "{\"seq\":1}\n"),
        Member::deflated("b/data/x", "The quick brown fox.").with(|member| member.flags |= 8),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.zip");
    let read = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let opened = bundle::open(&path, &Limits::standard()).ok()?;
        if opened.is_refused() { None } else { read_all(&opened) }
    };
    let honest = read(&whole).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut bent = whole.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        // Times, versions and padding may change unseen.
        if let Some(content) = read(&bent) {
            assert_eq!(content, honest, "bit {bit}");
        }
    }
}

fn read_all(opened: &Bundle) -> Option<Vec<(String, Vec<u8>)>> {
    opened.entries().iter().map(|entry| Some((entry.name.clone(), opened.read(&entry.name, 1 << 20).ok()?))).collect()
}

#[test]
fn a_nested_archive_is_data() {
    let inner = archive(&[Member::new("../evil", "x")]);
    let opened = open(&archive(&[bag(), vec![Member::new("b/data/inner.zip", &inner)]].concat())).unwrap();
    assert!(opened.troubles().is_empty());
    assert_eq!(opened.read("data/inner.zip", 1000).unwrap(), inner);
}

#[test]
fn other_archives_are_no_bundles() {
    let looks_like = |bytes: &[u8]| match open(bytes) {
        Err(OpenFault::NotABundle { looks_like, .. }) => looks_like,
        other => panic!("{other:?}"),
    };
    assert_eq!(looks_like(&archive(&[Member::new("word/document.xml", "<a/>")])), LooksLike::OtherContent);
    assert_eq!(looks_like(&archive(&[])), LooksLike::OtherContent);
    assert_eq!(looks_like(b""), LooksLike::Empty);
    assert_eq!(looks_like(b"\x1f\x8b\x08\0\0\0"), LooksLike::Gzip);
    assert_eq!(looks_like(b"{\"a\":1}"), LooksLike::OtherJson);
    assert_eq!(looks_like(b"{\"seq\":1,\"prev_hash\":\"a\",\"stream_id\":\"b\"}\n"), LooksLike::LoneSegment);
}

#[test]
fn fhir_in_a_zip_may_lie_at_the_top_but_not_in_two_directories() {
    let event = r#"{"resourceType":"AuditEvent"}"#;
    let opened = open(&archive(&[Member::deflated("a.json", event), Member::new("b.ndjson", event)])).unwrap();
    assert_eq!(opened.profile(), bundle::Profile::FhirAuditEvent);
    assert_eq!(opened.entries().len(), 2);
    let opened = open(&archive(&[Member::new("x/a.json", event)])).unwrap();
    assert_eq!(opened.entries()[0].name, "a.json");
    refused(&archive(&[Member::new("x/a.json", event), Member::new("y/b.json", event)]), "ARCHIVE_LAYOUT");
}

#[test]
fn an_archive_that_changes_while_it_is_read_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.zip");
    fs::write(&path, archive(&bag())).unwrap();
    let opened = bundle::open(&path, &Limits::standard()).unwrap();
    fs::File::options().append(true).open(&path).unwrap().write_all(b"more").unwrap();
    assert!(matches!(opened.read("bagit.txt", 100), Err(ReadFault::Changed { name }) if name == "bagit.txt"));
}

#[test]
fn an_archive_that_is_cut_while_it_is_read_is_not_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.zip");
    let long = Member::deflated("b/data/x", (0..200_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    fs::write(&path, archive(&[bag(), vec![long]].concat())).unwrap();
    let opened = bundle::open(&path, &Limits::standard()).unwrap();
    let mut stream = opened.stream("data/x").unwrap();
    stream.read_exact(&mut [0; 100]).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(1000).unwrap();
    let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
    assert!(matches!(ReadFault::of(error), ReadFault::Changed { name } if name == "data/x"));
}

#[test]
fn the_archive_itself_is_the_one_that_was_opened_whatever_lies_at_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bundle.zip");
    let bytes = archive(&bag());
    fs::write(&path, &bytes).unwrap();
    let opened = bundle::open(&path, &Limits::standard()).unwrap();
    let whole = |opened: &Bundle| {
        let mut read = Vec::new();
        opened.container_file().unwrap().read_to_end(&mut read).map(|_| read)
    };
    assert_eq!(whole(&opened).unwrap(), bytes);
    fs::write(folder.path().join("other"), archive(&bag()[..2])).unwrap();
    fs::rename(folder.path().join("other"), &path).unwrap();
    match whole(&opened) {
        Ok(read) => assert_eq!(read, bytes),
        Err(error) => assert!(matches!(ReadFault::of(error), ReadFault::Changed { name } if name == "bundle.zip")),
    }
}

#[test]
fn entries_stream_from_several_threads_at_once() {
    let opened = open(&archive(&bag())).unwrap();
    let name = "data/events/segment-000001.ndjson";
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(opened.read(name, 1000).unwrap().len(), 1000));
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_opening_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), magic in 0..4_usize) {
        let magic: &[u8] = [&b""[..], b"PK\x03\x04", b"PK\x05\x06", b"{"][magic];
        if let Ok(opened) = open(&[magic, &bytes].concat()) {
            for run in bundle::records::records(&opened) {
                drop(run.map(|run| run.records().count()));
            }
        }
    }

    #[test]
    fn no_mutation_of_an_archive_makes_reading_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        zip64 in any::<bool>(),
    ) {
        let members = [bag(), vec![Member::deflated("b/data/x", "hello").with(|member| member.flags |= 8)]].concat();
        let mut bytes = archive_with(&members, &End { zip64, ..End::default() });
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(opened) = open(&bytes) {
            drop(read_all(&opened));
            drop(bundle::inspect(&opened));
        }
    }
}
