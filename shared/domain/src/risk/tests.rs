//! Journeys, each with the risk that its last sign-in has.

use super::RiskFactor::{
    ImpossibleTravel, IncompleteLocationData, NewCountry, NewDevice, NewIp, RecentPasswordReset,
    SuspiciousActivity,
};
use super::*;
use crate::place::Coordinates;
use crate::time::{DAY, MINUTE};

const START: UnixTime = UnixTime(1_800_000_000);
const PHONE: &str = "a token's digest of 43 characters, the phone";
const STOLEN: &str = "another digest of 43 characters, of a laptop";

fn place(country: &str, city: &str, latitude: f64, longitude: f64) -> Location {
    Location::Known(Place {
        country: country.to_owned(),
        city: Some(city.to_owned()),
        coordinates: Some(Coordinates {
            latitude,
            longitude,
        }),
    })
}

fn only_country(country: &str) -> Location {
    Location::Known(Place {
        country: country.to_owned(),
        city: None,
        coordinates: None,
    })
}

fn berlin() -> Location {
    place("DE", "Berlin", 52.52, 13.405)
}

fn potsdam() -> Location {
    place("DE", "Potsdam", 52.39, 13.06)
}

fn prague() -> Location {
    place("CZ", "Prague", 50.075, 14.437)
}

fn sydney() -> Location {
    place("AU", "Sydney", -33.868, 151.209)
}

/// A sign-in: seconds after the one before, from which device, network and place.
struct Stop {
    after: u64,
    device: Option<&'static str>,
    trusted: bool,
    network: &'static str,
    location: Location,
    reset: bool,
    suspicious: bool,
}

/// At home an hour later, on the phone that is trusted.
fn home() -> Stop {
    Stop {
        after: HOUR,
        device: Some(PHONE),
        trusted: true,
        network: "home",
        location: berlin(),
        reset: false,
        suspicious: false,
    }
}

/// What the last stop of a journey is held to, which begins at home.
fn last_of(stops: &[Stop]) -> (Vec<RiskFactor>, u32) {
    let (mut now, mut history, mut risk) = (START, SignInHistory::default(), Risk::default());
    for stop in std::iter::once(&home()).chain(stops) {
        now = now.plus(stop.after);
        let network = stop.network.to_owned();
        let observed = Observed {
            now,
            device: stop.device,
            is_trusted: stop.trusted,
            network: &network,
            location: &stop.location,
            password_since: Some(if stop.reset { now } else { START }),
            is_suspicious: stop.suspicious,
        };
        risk = Risk::of(&observed, &history);
        history = history.with(&observed);
    }
    let score = risk.score();
    (risk.factors, score)
}

#[test]
fn journeys_have_the_risk_that_they_look_like() {
    let train = |after| Stop {
        after,
        network: "train",
        location: prague(),
        ..home()
    };
    let plane = |after| Stop {
        after,
        network: "hotel",
        location: sydney(),
        ..home()
    };
    let journeys: Vec<(&str, Vec<Stop>, Vec<RiskFactor>, u32)> = vec![
        ("the first sign-in", vec![], vec![], 0),
        ("home again", vec![home()], vec![], 0),
        (
            "the café",
            vec![Stop {
                network: "café",
                location: potsdam(),
                ..home()
            }],
            vec![NewIp],
            15,
        ),
        (
            "a new phone at home",
            vec![Stop {
                device: None,
                trusted: false,
                ..home()
            }],
            vec![NewDevice],
            25,
        ),
        (
            "a phone that was trusted once",
            vec![Stop {
                trusted: false,
                ..home()
            }],
            vec![],
            0,
        ),
        (
            "the train to Prague",
            vec![train(4 * HOUR)],
            vec![NewCountry],
            25,
        ),
        ("home from Prague", vec![train(4 * HOUR), home()], vec![], 0),
        ("Sydney a day later", vec![plane(DAY)], vec![NewCountry], 25),
        (
            "Sydney within the hour",
            vec![plane(HOUR)],
            vec![NewCountry, ImpossibleTravel],
            65,
        ),
        (
            "Sydney at the same moment",
            vec![plane(0)],
            vec![NewCountry, ImpossibleTravel],
            65,
        ),
        (
            "home within an hour of Sydney, where it was before",
            vec![plane(DAY), home()],
            vec![ImpossibleTravel],
            40,
        ),
        (
            "a stolen token in Sydney",
            vec![Stop {
                device: Some(STOLEN),
                trusted: false,
                ..plane(HOUR)
            }],
            vec![NewDevice, NewCountry, ImpossibleTravel],
            90,
        ),
        (
            "a thief who guessed and reset the password",
            vec![Stop {
                device: None,
                trusted: false,
                reset: true,
                suspicious: true,
                ..plane(HOUR)
            }],
            vec![
                NewDevice,
                NewCountry,
                ImpossibleTravel,
                SuspiciousActivity,
                RecentPasswordReset,
            ],
            100,
        ),
        (
            "another password at home",
            vec![Stop {
                reset: true,
                ..home()
            }],
            vec![RecentPasswordReset],
            40,
        ),
        (
            "home after three failures",
            vec![Stop {
                suspicious: true,
                ..home()
            }],
            vec![SuspiciousActivity],
            30,
        ),
        (
            "a place without a city, in the same country",
            vec![Stop {
                location: only_country("DE"),
                ..home()
            }],
            vec![IncompleteLocationData],
            20,
        ),
        (
            "another country without a city within two hours",
            vec![Stop {
                after: 119 * MINUTE,
                location: only_country("CZ"),
                ..home()
            }],
            vec![NewCountry, ImpossibleTravel, IncompleteLocationData],
            85,
        ),
        (
            "the same after two hours",
            vec![Stop {
                after: 120 * MINUTE,
                location: only_country("CZ"),
                ..home()
            }],
            vec![NewCountry, IncompleteLocationData],
            45,
        ),
        (
            "an address that is in no list",
            vec![Stop {
                network: "vpn",
                location: Location::Unlisted,
                ..home()
            }],
            vec![NewIp],
            15,
        ),
        (
            "a database that cannot be read",
            vec![Stop {
                network: "café",
                location: Location::Failed,
                ..home()
            }],
            vec![NewCountry, ImpossibleTravel],
            65,
        ),
    ];
    for (name, stops, factors, score) in journeys {
        assert_eq!(last_of(&stops), (factors, score), "{name}");
    }
}

#[test]
fn levels_and_what_follows() {
    let risk = |factors: &[RiskFactor]| Risk {
        factors: factors.to_vec(),
    };
    let low = risk(&[IncompleteLocationData]);
    let medium = risk(&[NewDevice, NewCountry]);
    let high = risk(&[NewDevice, SuspiciousActivity]);
    assert_eq!((low.score(), low.level()), (20, RiskLevel::Low));
    assert_eq!((medium.score(), medium.level()), (50, RiskLevel::Medium));
    assert_eq!((high.score(), high.level()), (55, RiskLevel::High));
    assert_eq!(risk(&RiskFactor::ALL).score(), HIGHEST);

    let block = HighRisk::parse("block", 15).unwrap();
    let until = RiskDecision::Block(Some(START.plus(15 * MINUTE)));
    assert_eq!(low.decision(block, START), RiskDecision::Allow);
    assert_eq!(medium.decision(block, START), RiskDecision::Ask);
    assert_eq!(high.decision(block, START), until);
    assert_eq!(high.decision(HighRisk::Ask, START), RiskDecision::Ask);
    let for_good = HighRisk::parse("block", 0).unwrap();
    assert_eq!(high.decision(for_good, START), RiskDecision::Block(None));
    assert_eq!(HighRisk::parse("lock", 1), None);

    let until = RiskBlock {
        until: Some(START.plus(1)),
    };
    assert!(until.holds(START) && !until.holds(START.plus(1)));
    assert!(RiskBlock { until: None }.holds(START.plus(1000 * DAY)));

    assert!(!medium.is_suspicious() && high.is_suspicious());
    assert!(risk(&[ImpossibleTravel]).is_suspicious());
    assert_eq!(RiskDecision::Allow.demand(true), FactorDemand::Waived);
    assert_eq!(RiskDecision::Allow.demand(false), FactorDemand::IfSetUp);
    assert_eq!(RiskDecision::Ask.demand(true), FactorDemand::Always);
}

#[test]
fn fifty_of_each_are_remembered_and_the_oldest_forgotten() {
    let mut history = SignInHistory::default();
    for n in 0..60 {
        let (network, device) = (format!("network {n}"), format!("{n:016} device"));
        let location = only_country(&format!("{n}"));
        let observed = Observed {
            now: START.plus(n),
            device: Some(&device),
            is_trusted: true,
            network: &network,
            location: &location,
            password_since: None,
            is_suspicious: false,
        };
        history = history.with(&observed);
    }
    let lengths = [
        history.devices.len(),
        history.networks.len(),
        history.countries.len(),
    ];
    assert_eq!(lengths, [REMEMBERED; 3]);
    assert_eq!(history.countries.first().map(String::as_str), Some("59"));
    assert!(!history.networks.contains(&"network 9".to_owned()));
    let known = "0000000000000059 device";
    assert!(history.knows_device(known));
    assert!(!history.without_device(known).knows_device(known));
    assert!(!history.in_epoch(1).knows_device(known));
}

#[test]
fn a_made_up_token_is_not_remembered() {
    let network = "home".to_owned();
    let observed = Observed {
        now: START,
        device: Some(STOLEN),
        is_trusted: false,
        network: &network,
        location: &Location::Unlisted,
        password_since: None,
        is_suspicious: false,
    };
    let history = SignInHistory::default().with(&observed);
    assert!(!history.knows_device(STOLEN));
}
