//! Random steps, against somebody who keeps the same things in plain lists.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod desk;

use std::collections::BTreeMap;

use desk::{Desk, bundle, head, kid, on_paper, second, seen, stream};
use proptest::prelude::*;
use trust_store::{Trust, TrustFault};

const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Clone, Debug)]
enum Act {
    Pin(usize),
    Revoke(usize, i64),
    AddAnchor(usize, u64),
    Withdraw(u64),
    Remember(usize, usize, u64),
    Reopen,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let name = || 0..NAMES.len();
    let act = prop_oneof![
        4 => name().prop_map(Act::Pin),
        3 => (name(), -3..3_i64).prop_map(|(name, at)| Act::Revoke(name, at)),
        4 => (name(), 1..4_u64).prop_map(|(name, seq)| Act::AddAnchor(name, seq)),
        3 => (1..30_u64).prop_map(Act::Withdraw),
        4 => (name(), name(), 1..4_u64).prop_map(|(of, within, seq)| Act::Remember(of, within, seq)),
        1 => Just(Act::Reopen),
    ];
    prop::collection::vec(act, 1..40)
}

/// What the same acts make in plain lists.
#[derive(Default)]
struct Lists {
    steps: u64,
    /// By name: the pin's step, and from when it is revoked.
    pins: BTreeMap<usize, (u64, Option<i64>)>,
    /// Step, stream, record, whether it was withdrawn.
    anchors: Vec<(u64, usize, u64, bool)>,
    /// Step, stream, bundle, record, whether it was withdrawn.
    heads: Vec<(u64, usize, usize, u64, bool)>,
}

impl Lists {
    /// Takes an act; false if it has to be refused.
    fn take(&mut self, act: &Act) -> bool {
        let step = self.steps + 1;
        let taken = match *act {
            Act::Pin(name) => {
                let free = self.pins.get(&name).is_none_or(|(_, revoked)| revoked.is_some());
                if free {
                    self.pins.insert(name, (step, None));
                }
                free
            }
            Act::Revoke(name, from) => match self.pins.get_mut(&name) {
                Some((_, revoked)) if revoked.is_none_or(|before| from < before) => {
                    *revoked = Some(from);
                    true
                }
                _ => false,
            },
            Act::AddAnchor(of, seq) => {
                let new = !self.anchors.iter().any(|anchor| (anchor.1, anchor.2, anchor.3) == (of, seq, false));
                if new {
                    self.anchors.push((step, of, seq, false));
                }
                new
            }
            Act::Withdraw(number) => {
                let anchors = self.anchors.iter_mut().map(|anchor| (anchor.0, &mut anchor.3));
                let heads = self.heads.iter_mut().map(|head| (head.0, &mut head.4));
                let found = anchors.chain(heads).find(|(step, withdrawn)| *step == number && !**withdrawn);
                found.map(|(_, withdrawn)| *withdrawn = true).is_some()
            }
            // Remembering again is no refusal, and no step.
            Act::Remember(of, within, seq) => {
                if self.heads.iter().any(|head| (head.1, head.2) == (of, within)) {
                    return true;
                }
                self.heads.push((step, of, within, seq, false));
                true
            }
            Act::Reopen => return true,
        };
        self.steps += u64::from(taken);
        taken
    }

    fn agree_with(&self, trust: &Trust) {
        assert_eq!(trust.steps(), self.steps);
        for (name, text) in NAMES.iter().enumerate() {
            let pin = trust.pin(&kid(text));
            let pin = pin.map(|pin| (pin.mark.number, pin.revoked.as_ref().map(|revoked| revoked.from.clone())));
            let expected = self.pins.get(&name).map(|(step, from)| (*step, from.map(second)));
            assert_eq!(pin, expected);
            let standing: Vec<_> = trust
                .standing_anchors(&stream(text))
                .map(|anchor| (anchor.mark.number, anchor.head.last_seq()))
                .collect();
            let of_stream = self.anchors.iter().filter(|anchor| anchor.1 == name && !anchor.3);
            assert_eq!(standing, of_stream.map(|anchor| (anchor.0, anchor.2)).collect::<Vec<_>>());
            for (but, but_text) in NAMES.iter().enumerate() {
                let but_bundle = bundle(but_text);
                let others = trust.other_heads(&but_bundle);
                let others = others.filter(|head| *head.seen.head().stream_id() == stream(text));
                let mut others: Vec<_> = others.map(|head| (head.mark.number, head.seen.head().last_seq())).collect();
                others.sort_unstable();
                let of_stream = self.heads.iter().filter(|head| head.1 == name && head.2 != but && !head.4);
                let expected: Vec<_> = of_stream.map(|head| (head.0, head.3)).collect();
                assert_eq!(others, expected);
            }
        }
    }
}

fn perform(desk: &Desk, act: &Act) -> Result<(), TrustFault> {
    match *act {
        Act::Pin(name) => desk.pin_key(NAMES[name]).map(drop),
        Act::Revoke(name, from) => desk.revoke(kid(NAMES[name]), &second(from)).map(drop),
        Act::AddAnchor(of, seq) => desk.add_anchor(head(NAMES[of], seq), on_paper()).map(drop),
        Act::Withdraw(number) => desk.withdraw(number).map(drop),
        Act::Remember(of, within, seq) => desk.remember("PASS", &[seen(NAMES[of], NAMES[within], 1, seq)]).map(drop),
        Act::Reopen => Ok(()),
    }
}

proptest! {
    // A vault is made for each case, which takes a passphrase's time.
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_steps_make_what_they_mean(acts in acts()) {
        let mut desk = Desk::new();
        let mut lists = Lists::default();
        for act in &acts {
            if matches!(act, Act::Reopen) {
                desk = desk.reopened_after(|_| {});
            }
            let done = perform(&desk, act);
            let expected = lists.take(act);
            prop_assert!(matches!(done, Ok(()) | Err(TrustFault::Refused(_))), "{done:?}");
            prop_assert_eq!(done.is_ok(), expected, "{:?}", act);
            lists.agree_with(&desk.store.trust().unwrap());
        }
        let logged = ["key_pinned", "key_revoked", "anchor_added", "anchor_withdrawn"].map(|action| desk.logged(action).len());
        let remembered = lists.heads.len();
        prop_assert_eq!(logged.iter().sum::<usize>() + remembered, desk.kinds().len());
        prop_assert!(desk.log_stands());
    }
}
