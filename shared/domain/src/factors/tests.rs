use super::*;
use proptest::prelude::*;

const NOW: UnixTime = UnixTime(1_000_000);

fn device(n: u128) -> Authenticator {
    Authenticator {
        id: Uuid::from_u128(n),
        number: 1,
        name: "phone".to_owned(),
        kind: AuthenticatorKind::Totp(TotpState::new("sealed".to_owned())),
        status: AuthenticatorStatus::Pending,
        primary: false,
        created_at: NOW,
        confirmed_at: None,
        last_used_at: None,
    }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn two_active() -> Factors {
    let codes = vec!["a".to_owned(), "b".to_owned()];
    Factors::default()
        .with(device(1))
        .with(device(2))
        .confirmed(id(1), 100, codes.clone(), NOW)
        .confirmed(id(2), 100, codes, NOW)
}

#[test]
fn a_set_up_is_confirmed_once_and_in_time() {
    let factors = Factors::default().with(device(1));
    assert!(factors.pending(id(1), NOW.plus(599)).is_ok());
    assert_eq!(
        factors.pending(id(1), NOW.plus(600)),
        Err(FactorFailure::SetupExpired)
    );
    assert_eq!(
        factors.pending(id(2), NOW),
        Err(FactorFailure::UnknownDevice)
    );
    let confirmed = factors.confirmed(id(1), 7, Vec::new(), NOW);
    assert_eq!(
        confirmed.pending(id(1), NOW),
        Err(FactorFailure::UnknownDevice)
    );
    assert!(confirmed.device(id(1)).unwrap().primary);
}

#[test]
fn where_there_is_one_authenticator_a_new_one_takes_its_place() {
    let factors = two_active().with(device(3)).with_only(device(4));
    assert!(factors.device(id(3)).is_none());
    assert_eq!(factors.newest_pending(NOW.plus(599)).unwrap().id, id(4));
    assert!(factors.newest_pending(NOW.plus(600)).is_none());
    assert_eq!(factors.active().count(), 2, "until it is confirmed");
    let replaced = factors.replaced(id(4), 7, NOW);
    let active: Vec<Uuid> = replaced.active().map(|device| device.id).collect();
    assert_eq!((active, replaced.rev), (vec![id(4)], factors.rev + 1));
    assert!(replaced.device(id(4)).unwrap().primary);
    assert_eq!(replaced.backup_codes, factors.backup_codes);
}

proptest! {
    #[test]
    fn a_step_is_used_once_and_none_before_it(steps in proptest::collection::vec(90u64..120, 1..40)) {
        let mut factors = two_active();
        let mut last = 100;
        for step in steps {
            match factors.stepped(id(1), step, NOW) {
                Some(next) => {
                    prop_assert!(step > last);
                    prop_assert_eq!(next.rev, factors.rev + 1);
                    factors = next;
                    last = step;
                }
                None => prop_assert!(step <= last),
            }
        }
    }
}

#[test]
fn a_backup_code_is_used_once() {
    let factors = two_active();
    let used = factors.without_backup_code("a").unwrap();
    assert_eq!(used.backup_codes, ["b"]);
    assert_eq!(used.without_backup_code("a"), None);
    assert_eq!(factors.disabled().without_backup_code("b"), None);
}

#[test]
fn the_next_in_force_takes_the_place_of_a_removed_primary() {
    let one = two_active().without(id(1));
    assert_eq!(one.primary_app().map(|device| device.id), Ok(id(2)));
    assert_eq!(one.backup_codes.len(), 2);
    let none = one.without(id(2));
    assert_eq!(none.primary_app(), Err(FactorFailure::NotEnabled));
    assert!(none.backup_codes.is_empty());
}

#[test]
fn what_is_disabled_holds_no_secret() {
    let disabled = two_active().disabled();
    let holds_none = |device: &Authenticator| {
        let totp = device.kind.totp();
        totp.is_some_and(|totp| totp.secret.is_empty()) && !device.primary
    };
    assert!(disabled.devices.iter().all(holds_none));
    assert!(!disabled.any_active());
}

#[test]
fn the_row_stays_small_and_keeps_what_is_in_force() {
    let mut factors = two_active();
    for n in 3..40 {
        factors = factors.with(device(n));
    }
    assert_eq!(factors.devices.len(), MAX_DEVICES);
    assert_eq!(factors.active().count(), 2);
    assert!(factors.device(id(39)).is_some());
}

#[test]
fn an_account_has_each_kind_that_is_in_force_once() {
    let two = two_active();
    assert_eq!(two.kinds_in_force(), [Factor::Totp]);
    assert_eq!(two.without(id(1)).kinds_in_force(), [Factor::Totp]);
    assert!(two.disabled().kinds_in_force().is_empty());
    let pending = Factors::default().with(device(1));
    assert!(pending.kinds_in_force().is_empty());
}

#[test]
fn a_row_keeps_the_form_that_it_had_before_there_were_kinds() {
    let row = serde_json::json!({
        "rev": 3,
        "devices": [
            {
                "id": "00000000-0000-0000-0000-000000000001", "number": 1, "name": "phone",
                "secret": "sealed", "status": "active", "primary": true,
                "created_at": 1_000_000, "confirmed_at": 1_000_000, "last_used_at": 1_000_000,
                "last_step": 100,
            },
            {
                "id": "00000000-0000-0000-0000-000000000002", "number": 1, "name": "phone",
                "secret": "sealed", "status": "pending", "primary": false,
                "created_at": 1_000_000, "last_step": 0,
            },
        ],
        "backup_codes": ["a"],
    });
    let read: Factors = serde_json::from_value(row.clone()).unwrap();
    let codes = vec!["a".to_owned()];
    let made = Factors::default().with(device(1)).with(device(2));
    assert_eq!(read, made.confirmed(id(1), 100, codes, NOW));
    assert_eq!(serde_json::to_value(&read).unwrap(), row);
}
