//! SNS (version 2010-03-31): Publish, to a telephone number.

use super::query::{Answer, Fault, Form};
use crate::inbox::{Channel, Draft, Inbox};

/// What SNS cuts into several text messages, and no more.
const LONGEST_MESSAGE: usize = 1_600;

pub(super) fn publish(form: &Form, inbox: &Inbox) -> Result<Answer, Fault> {
    let message = form
        .get("Message")
        .ok_or_else(|| invalid("Message", "Empty message"))?;
    let number = form
        .get("PhoneNumber")
        .ok_or_else(|| invalid("PhoneNumber", "this stack has text messages, and no topics"))?;
    if !is_e164(number) {
        return Err(invalid(
            "PhoneNumber",
            &format!("{number} is not valid to publish to"),
        ));
    }
    if message.chars().count() > LONGEST_MESSAGE {
        return Err(invalid("Message", "Message too long"));
    }
    let message_id = inbox.receive([Draft {
        channel: Channel::Text,
        to: number.to_owned(),
        from: sender(form).unwrap_or_default().to_owned(),
        subject: String::new(),
        text: message.to_owned(),
        html: None,
    }]);
    Ok(Answer {
        action: "Publish",
        namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
        message_id,
    })
}

/// The sender id that a message attribute names.
fn sender(form: &Form) -> Option<&str> {
    let attribute = |number| format!("MessageAttributes.entry.{number}");
    (1..)
        .map_while(|number| Some((number, form.get(&format!("{}.Name", attribute(number)))?)))
        .find(|(_, name)| *name == "AWS.SNS.SMS.SenderID")
        .and_then(|(number, _)| form.get(&format!("{}.Value.StringValue", attribute(number))))
}

fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn invalid(parameter: &str, reason: &str) -> Fault {
    Fault::sender(
        "InvalidParameter",
        format!("Invalid parameter: {parameter} Reason: {reason}"),
    )
}
