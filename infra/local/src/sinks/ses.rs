//! SES (version 2010-12-01): SendEmail.

use super::query::{Answer, Fault, Form};
use crate::inbox::{Channel, Draft, Inbox};

/// SES's own bound on the recipients of one message.
const MOST_RECIPIENTS: usize = 50;

pub(super) fn send_email(form: &Form, inbox: &Inbox) -> Result<Answer, Fault> {
    let from = form.required("Source")?;
    let subject = form.required("Message.Subject.Data")?;
    let text = form.get("Message.Body.Text.Data");
    let html = form.get("Message.Body.Html.Data");
    if text.is_none() && html.is_none() {
        return Err(Fault::sender("InvalidParameterValue", "Empty body"));
    }
    let recipients: Vec<&str> = ["To", "Cc", "Bcc"]
        .iter()
        .flat_map(|kind| form.members(&format!("Destination.{kind}Addresses")))
        .collect();
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        let count = recipients.len();
        let message = format!("Recipient count is {count}, not between 1 and {MOST_RECIPIENTS}.");
        return Err(Fault::sender("InvalidParameterValue", message));
    }
    for address in std::iter::once(&from).chain(&recipients) {
        check(address)?;
    }
    let message_id = inbox.receive(recipients.into_iter().map(|to| Draft {
        channel: Channel::Mail,
        to: to.to_owned(),
        from: from.to_owned(),
        subject: subject.to_owned(),
        text: text.unwrap_or_default().to_owned(),
        html: html.map(str::to_owned),
    }));
    Ok(Answer {
        action: "SendEmail",
        namespace: "http://ses.amazonaws.com/doc/2010-12-01/",
        message_id,
    })
}

/// What SES says of an address before it looks at the account.
fn check(address: &str) -> Result<(), Fault> {
    let bare = match address.rsplit_once('<') {
        Some((_, rest)) => rest.trim_end().trim_end_matches('>'),
        None => address,
    };
    let refusal = match bare.rsplit_once('@') {
        _ if !bare.is_ascii() => "Local address contains control or whitespace",
        None => "Missing final '@domain'",
        Some((_, "")) => "Missing domain",
        Some(("", _)) => "Missing local name",
        Some((local, domain)) => {
            if !local.contains(char::is_whitespace) && !domain.contains(char::is_whitespace) {
                return Ok(());
            }
            "Local address contains control or whitespace"
        }
    };
    Err(Fault::sender("InvalidParameterValue", refusal))
}
