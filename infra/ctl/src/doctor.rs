//! `cargo ctl doctor`: what keeps an installation from working, and what to do about it.
//!
//! AWS tells of sandboxes, quotas and confirmations that nobody gave only when somebody is
//! in their way, one by one. Here they are asked for together. Nothing is changed.

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use serde_json::{Value, json};
use transport::Connector;

use crate::Failure;
use crate::aws::{Answer, Questions, at};
use crate::installation::Installation;
use crate::report::{Report, columns, shown};

/// Instances that an account should be able to run at once: below, a burst of sign-ins is
/// refused, and nothing can be reserved.
const ENOUGH_INSTANCES: u64 = 100;

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Fine,
    /// It works, and will be in the way.
    Better,
    Wrong,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Better => "advice",
            Self::Wrong => "WRONG",
        }
    }
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    of: &'static str,
    state: State,
    says: String,
    /// What to do, unless nothing.
    remedy: String,
}

impl Finding {
    fn fine(of: &'static str, says: impl Into<String>) -> Self {
        Self::new(of, State::Fine, says, "")
    }

    fn wrong(of: &'static str, says: impl Into<String>, remedy: &str) -> Self {
        Self::new(of, State::Wrong, says, remedy)
    }

    fn better(of: &'static str, says: impl Into<String>, remedy: &str) -> Self {
        Self::new(of, State::Better, says, remedy)
    }

    fn new(of: &'static str, state: State, says: impl Into<String>, remedy: &str) -> Self {
        let (says, remedy) = (says.into(), remedy.to_owned());
        Self {
            of,
            state,
            says,
            remedy,
        }
    }

    /// What was not answered, or not as it should be.
    fn unknown(of: &'static str, why: &str) -> Self {
        let remedy = "ask again; if it stays, look at the region, the credentials and their rights";
        Self::wrong(of, format!("cannot be found out: {why}"), remedy)
    }
}

/// Looks at everything, says how it stands, and fails if anything is wrong.
///
/// # Errors
/// [`Failure::Refused`] with the number of things that are.
pub async fn run(installation: &Installation, json: bool) -> Result<(), Failure> {
    let findings = match installation.stack() {
        Some(stack) => {
            let config = flows::Aws::of_operator().await.map_err(Failure::refused)?;
            let questions = ask_as(config.ses)?;
            stack_on_aws(&questions, stack).await
        }
        None => local_stack(installation).await?,
    };
    report(&findings).print(json)?;
    match findings
        .iter()
        .filter(|one| one.state == State::Wrong)
        .count()
    {
        0 => Ok(()),
        1 => Err(Failure::refused("one thing is wrong")),
        many => Err(Failure::refused(format!("{many} things are wrong"))),
    }
}

fn report(findings: &[Finding]) -> Report {
    let rows = findings.iter().flat_map(|one| {
        let line = [
            one.state.name().to_owned(),
            one.of.to_owned(),
            shown(&one.says),
        ];
        let remedy = [String::new(), String::new(), format!("→ {}", one.remedy)];
        let remedy = (!one.remedy.is_empty()).then_some(remedy);
        [Some(line), remedy].into_iter().flatten()
    });
    let rows: Vec<_> = rows.collect();
    let json = findings.iter().map(|one| {
        json!({ "of": one.of, "state": one.state.name(), "says": one.says, "remedy": one.remedy })
    });
    Report {
        text: columns(&rows),
        json: json!({ "findings": json.collect::<Vec<_>>() }),
    }
}

/// Questions as `config` reaches AWS.
fn ask_as(config: SdkConfig) -> Result<Questions, Failure> {
    let connector = Connector::new().map_err(Failure::refused)?;
    Ok(Questions::new(config, connector))
}

/// The local stack has no sandboxes and no quotas: whether it runs, and is who it says.
async fn local_stack(installation: &Installation) -> Result<Vec<Finding>, Failure> {
    let postern = installation.open().await?;
    let (key, issuer) = (postern.signing_key_id(), &postern.settings().issuer);
    let ring = format!("tokens are signed with the key {key}");
    let config = installation.local_aws().await;
    let questions = ask_as(config.ses)?;
    Ok(vec![
        Finding::fine("key ring", ring),
        discovery(&questions, issuer).await,
    ])
}

async fn stack_on_aws(questions: &Questions, stack: &str) -> Vec<Finding> {
    let described = match describe(questions, stack).await {
        Ok(described) => described,
        Err(finding) => return vec![finding],
    };
    let parameter = |name: &str| described.parameters.get(name).map_or("", String::as_str);
    let output = |name: &str| described.outputs.get(name).map_or("", String::as_str);
    let mut findings = vec![status(&described.status)];
    if parameter("DeletionProtection") != "true" {
        findings.push(Finding::better(
            "tables",
            "whoever may delete tables may delete these",
            "deploy with DeletionProtection=true, now that the first deployment went well",
        ));
    }
    findings.push(key(questions, output("KeyArn")).await);
    findings.push(discovery(questions, output("Issuer")).await);
    if parameter("DomainName").is_empty() {
        findings.push(Finding::better(
            "issuer",
            "is the API's own address, which ends with the API",
            "deploy with DomainName and CertificateArn before people use it: everybody signs in anew then",
        ));
    }
    if !parameter("CertificateArn").is_empty() {
        findings.push(certificate(questions, parameter("CertificateArn")).await);
    }
    findings.extend(mail(questions, parameter("MailFrom")).await);
    if !parameter("TextCallingCodes").is_empty() {
        findings.push(texts(questions).await);
    }
    findings.push(instances(questions).await);
    findings.push(alarms(questions, output("AlarmTopicArn")).await);
    findings
}

/// What CloudFormation knows of a stack.
struct Described {
    status: String,
    parameters: BTreeMap<String, String>,
    outputs: BTreeMap<String, String>,
}

async fn describe(questions: &Questions, stack: &str) -> Result<Described, Finding> {
    const OF: &str = "stack";
    let form = format!("Action=DescribeStacks&Version=2010-05-15&StackName={stack}");
    let answer = questions.form("cloudformation", form).await;
    let answer = answer.map_err(|why| Finding::unknown(OF, &why))?;
    if answer.status != 200 {
        let remedy = "deploy it first, or look at the name, the region and the credentials";
        return Err(Finding::wrong(OF, answer.problem(), remedy));
    }
    let pairs = |keys: &str, values: &str| {
        let members = answer.text.split("<member>");
        let pairs = members.filter_map(|text| {
            let member = Answer {
                status: 200,
                text: text.to_owned(),
            };
            let value = member.elements(values).first().map(|&text| plain(text));
            let key = member.elements(keys).first().map(|&text| plain(text))?;
            Some((key, value.unwrap_or_default()))
        });
        pairs.collect()
    };
    Ok(Described {
        status: answer
            .elements("StackStatus")
            .first()
            .map_or("", |one| one)
            .to_owned(),
        parameters: pairs("ParameterKey", "ParameterValue"),
        outputs: pairs("OutputKey", "OutputValue"),
    })
}

/// An element's text as it was meant.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

fn status(status: &str) -> Finding {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Finding::fine("stack", status),
        busy if busy.ends_with("_IN_PROGRESS") => {
            Finding::better("stack", busy, "wait until the deployment is over")
        }
        failed => Finding::wrong(
            "stack",
            failed,
            "its events say which resource failed first: aws cloudformation describe-stack-events",
        ),
    }
}

async fn key(questions: &Questions, arn: &str) -> Finding {
    const OF: &str = "key";
    let which = json!({ "KeyId": arn });
    let asked = questions.action("kms", "TrentService.DescribeKey", &which);
    let answer = match good(asked.await) {
        Ok(answer) => answer,
        Err(why) => return Finding::unknown(OF, &why),
    };
    match at(&answer, "/KeyMetadata/KeyState")
        .as_str()
        .unwrap_or("unknown")
    {
        "Enabled" => Finding::fine(OF, "is enabled"),
        "PendingDeletion" => Finding::wrong(
            OF,
            "IS TO BE DELETED, and with it every account",
            "aws kms cancel-key-deletion, then aws kms enable-key, with the output KeyArn; then find out who did it",
        ),
        state => Finding::wrong(
            OF,
            format!("is {state}"),
            "aws kms enable-key, with the output KeyArn",
        ),
    }
}

async fn discovery(questions: &Questions, issuer: &str) -> Finding {
    const OF: &str = "issuer";
    let url = format!("{issuer}/.well-known/openid-configuration");
    let remedy = "point the record of DomainName at the output DomainTarget; without a certificate, whatever stands in front must pass requests on";
    match questions.get(&url).await {
        Ok(answer) if answer.status == 200 && at(&answer.json(), "/issuer") == issuer => {
            Finding::fine(OF, format!("{issuer} answers, and is who it says"))
        }
        Ok(answer) if answer.status == 200 => Finding::wrong(
            OF,
            format!(
                "at {issuer} somebody else answers: {}",
                at(&answer.json(), "/issuer")
            ),
            remedy,
        ),
        Ok(answer) => Finding::wrong(OF, format!("{url} answers {}", answer.status), remedy),
        Err(why) => Finding::wrong(OF, format!("{url} does not answer: {why}"), remedy),
    }
}

async fn certificate(questions: &Questions, arn: &str) -> Finding {
    const OF: &str = "certificate";
    let target = "CertificateManager.DescribeCertificate";
    let which = json!({ "CertificateArn": arn });
    let asked = questions.action("acm", target, &which);
    let answer = match good(asked.await) {
        Ok(answer) => answer,
        Err(why) => return Finding::unknown(OF, &why),
    };
    let certificate = at(&answer, "/Certificate");
    let renewal = at(certificate, "/RenewalSummary/RenewalStatus");
    match at(certificate, "/Status").as_str().unwrap_or("unknown") {
        "ISSUED" if renewal == "PENDING_VALIDATION" || renewal == "FAILED" => Finding::wrong(
            OF,
            "cannot be renewed",
            "its validation record is gone from the zone: put it back, as ACM shows it",
        ),
        "ISSUED" if at(certificate, "/Type") == "IMPORTED" => Finding::better(
            OF,
            "is issued, and was imported: nobody renews it by itself",
            "have ACM issue one, or keep its end in a calendar",
        ),
        "ISSUED" => Finding::fine(OF, "is issued, and renews itself"),
        status => Finding::wrong(
            OF,
            format!("is {status}"),
            "put the validation record that ACM shows into the zone, and wait",
        ),
    }
}

async fn mail(questions: &Questions, sender: &str) -> [Finding; 2] {
    let account = match good(questions.ask("email", "ses", "/v2/email/account").await) {
        Err(why) => Finding::unknown("mail", &why),
        Ok(account) if at(&account, "/SendingEnabled") == false => Finding::wrong(
            "mail",
            "SES has stopped this account's sending",
            "SES's console says why; bounces and complaints are in the alarms mail-bounces and mail-complaints",
        ),
        Ok(account) if at(&account, "/ProductionAccessEnabled") == true => {
            let quota = at(&account, "/SendQuota/Max24HourSend");
            Finding::fine(
                "mail",
                format!("SES sends to anybody, {quota} letters a day"),
            )
        }
        Ok(_) => Finding::wrong(
            "mail",
            "SES is in its sandbox: only addresses that are identities get letters",
            "ask for production access in SES's console (a day); until then verify your own address there",
        ),
    };
    [account, identity(questions, sender).await]
}

/// The identity that the sender belongs to: the address itself, or its domain.
async fn identity(questions: &Questions, sender: &str) -> Finding {
    const OF: &str = "sender";
    let domain = sender.split_once('@').map_or("", |(_, domain)| domain);
    let mut found = false;
    for identity in [sender, domain] {
        let path = format!("/v2/email/identities/{identity}");
        let answer = match questions.ask("email", "ses", &path).await {
            Err(why) => return Finding::unknown(OF, &why),
            Ok(answer) if answer.status == 404 => continue,
            Ok(answer) if answer.status != 200 => {
                return Finding::unknown(OF, &answer.problem());
            }
            Ok(answer) => answer.json(),
        };
        if at(&answer, "/VerifiedForSendingStatus") == true {
            return Finding::fine(OF, format!("{identity} is a verified identity"));
        }
        found = true;
    }
    let remedy = match found {
        true => {
            "for an address, follow the link in SES's letter to it; for a domain, put the stack's MailDkimRecord outputs into its zone"
        }
        false => {
            "deploy with CreateMailIdentity=address, or make the identity in SES, in this region"
        }
    };
    Finding::wrong(
        OF,
        format!("{sender} may not send: no verified identity"),
        remedy,
    )
}

async fn texts(questions: &Questions) -> Finding {
    const OF: &str = "texts";
    let form = "Action=GetSMSSandboxAccountStatus&Version=2010-03-31".to_owned();
    match questions.form("sns", form).await {
        Ok(answer) if answer.elements("IsInSandbox") == ["false"] => {
            Finding::fine(OF, "SNS sends to any number of those countries")
        }
        Ok(answer) if answer.elements("IsInSandbox") == ["true"] => Finding::wrong(
            OF,
            "SNS is in its SMS sandbox: only verified numbers get texts",
            "leave it in SNS's console, under text messaging, and raise the monthly limit there",
        ),
        Ok(answer) => Finding::unknown(OF, &answer.problem()),
        Err(why) => Finding::unknown(OF, &why),
    }
}

async fn instances(questions: &Questions) -> Finding {
    const OF: &str = "concurrency";
    let asked = questions.ask("lambda", "lambda", "/2016-08-19/account-settings");
    let limits = match good(asked.await) {
        Ok(answer) => at(&answer, "/AccountLimit").clone(),
        Err(why) => return Finding::unknown(OF, &why),
    };
    let limit = |name: &str| limits.get(name).and_then(Value::as_u64).unwrap_or_default();
    let all = limit("ConcurrentExecutions");
    let free = limit("UnreservedConcurrentExecutions");
    let says =
        format!("Lambda runs {all} instances at once in this account, {free} of them not reserved");
    match free >= ENOUGH_INSTANCES {
        true => Finding::fine(OF, says),
        false => Finding::better(
            OF,
            says,
            "ask for 1,000 in Service Quotas (Lambda, concurrent executions): it costs nothing",
        ),
    }
}

async fn alarms(questions: &Questions, topic: &str) -> Finding {
    const OF: &str = "alarms";
    let form = format!(
        "Action=ListSubscriptionsByTopic&Version=2010-03-31&TopicArn={}",
        topic.replace(':', "%3A")
    );
    let answer = match questions.form("sns", form).await {
        Ok(answer) if answer.status == 200 => answer,
        Ok(answer) => return Finding::unknown(OF, &answer.problem()),
        Err(why) => return Finding::unknown(OF, &why),
    };
    let arns = answer.elements("SubscriptionArn");
    let confirmed = arns.iter().filter(|arn| arn.starts_with("arn:")).count();
    match (confirmed, arns.len()) {
        (0, 0) => Finding::wrong(
            OF,
            "nobody is subscribed to them",
            "deploy with AlarmEmail, or subscribe to the output AlarmTopicArn",
        ),
        (0, _) => Finding::wrong(
            OF,
            "nobody has confirmed a subscription",
            "follow the link in the letter that AWS sent to AlarmEmail",
        ),
        (some, all) if some < all => Finding::better(
            OF,
            format!("{some} of {all} subscriptions are confirmed"),
            "follow the link in the letters that AWS sent",
        ),
        (some, _) => Finding::fine(OF, format!("go to {some} who subscribed")),
    }
}

/// The JSON of an answer that is one.
fn good(answer: Result<Answer, String>) -> Result<Value, String> {
    match answer? {
        answer if answer.status == 200 => Ok(answer.json()),
        answer => Err(answer.problem()),
    }
}

#[cfg(test)]
mod tests;
