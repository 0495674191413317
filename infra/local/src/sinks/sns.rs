//! SNS (version 2010-03-31): Publish, to a telephone number or a topic.

use super::query::{Answer, Fault, Form};
use crate::inbox::{Channel, Draft, Inbox};

/// What SNS cuts into several text messages, and no more.
const LONGEST_MESSAGE: usize = 1_600;

pub(super) fn publish(form: &Form, inbox: &Inbox) -> Result<Answer, Fault> {
    let message = form
        .get("Message")
        .ok_or_else(|| invalid("Message", "Empty message"))?;
    if let Some(arn) = form.get("TopicArn") {
        return to_topic(arn, message, inbox);
    }
    let number = form
        .get("PhoneNumber")
        .ok_or_else(|| invalid("PhoneNumber", "neither a number nor a topic"))?;
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

/// What SNS takes at a topic, in bytes.
const LARGEST_MESSAGE: usize = 256 * 1024;

/// A topic has no subscribers here but the inbox, which shows it under its name.
fn to_topic(arn: &str, message: &str, inbox: &Inbox) -> Result<Answer, Fault> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", _, "sns", _, account, name] = parts[..] else {
        return Err(invalid("TopicArn", "an ARN of SNS names the topic"));
    };
    if message.is_empty() {
        return Err(invalid("Message", "Empty message"));
    }
    if message.len() > LARGEST_MESSAGE {
        return Err(invalid("Message", "Message too long"));
    }
    let message_id = inbox.receive([Draft {
        channel: Channel::Topic,
        to: name.to_owned(),
        from: account.to_owned(),
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
