//! YAML with CloudFormation's short tags (`!Ref`, `!Sub`, …) as plain JSON.
//!
//! Tags become the long form that CloudFormation itself defines
//! (`{"Fn::Sub": …}`), and then whatever the template can answer alone is
//! answered: a parameter is its default, the stack has its given name, a
//! condition over those is true or false. What only AWS knows (an ARN, a resource's id)
//! stays in its long form, since it is not needed here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// A template's document with everything resolved that can be.
pub(super) fn resolve(document: Yaml, stack: &str) -> Value {
    let document = plain(document);
    let mut scope = Scope {
        names: BTreeMap::from([
            ("AWS::StackName".to_owned(), json!(stack)),
            ("AWS::Region".to_owned(), json!("us-east-1")),
            ("AWS::Partition".to_owned(), json!("aws")),
            ("AWS::AccountId".to_owned(), json!("000000000000")),
            ("AWS::URLSuffix".to_owned(), json!("amazonaws.com")),
        ]),
        conditions: section(&document, "Conditions"),
    };
    for (name, parameter) in section(&document, "Parameters") {
        // One without a default is decided by a deployment, and so not known.
        let Some(default) = parameter.get("Default") else {
            continue;
        };
        let kind = parameter.get("Type").and_then(Value::as_str);
        let value = match (kind, default) {
            (Some("CommaDelimitedList"), Value::String(items)) => {
                items.split(',').map(str::trim).collect()
            }
            _ => default.clone(),
        };
        scope.names.insert(name, value);
    }
    scope.answer(document).unwrap_or(Value::Null)
}

fn section(document: &Value, name: &str) -> Map<String, Value> {
    let section = document.get(name).and_then(Value::as_object);
    section.cloned().unwrap_or_default()
}

/// The same value without tags.
fn plain(value: Yaml) -> Value {
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => json!(value),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or(Value::Null),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect(),
        Yaml::Mapping(entries) => entries
            .into_iter()
            .map(|(key, value)| (name(plain(key)), plain(value)))
            .collect(),
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let tag = tag.trim_start_matches('!');
            let key = match tag {
                "Ref" | "Condition" => tag.to_owned(),
                _ => format!("Fn::{tag}"),
            };
            json!({ key: plain(tagged.value) })
        }
    }
}

/// A key: YAML reads `2012` or `true` as something else than text.
fn name(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

struct Scope {
    names: BTreeMap<String, Value>,
    conditions: Map<String, Value>,
}

impl Scope {
    /// The value with its references answered; `None` is `AWS::NoValue`.
    fn answer(&self, value: Value) -> Option<Value> {
        match value {
            Value::Array(items) => Some(items.into_iter().filter_map(|v| self.answer(v)).collect()),
            Value::Object(entries) => {
                if let (1, Some((key, argument))) = (entries.len(), entries.iter().next())
                    && let Some(answer) = self.intrinsic(key, argument)
                {
                    return answer;
                }
                let entries = entries.into_iter();
                Some(Value::Object(
                    entries
                        .filter_map(|(key, value)| Some((key, self.answer(value)?)))
                        .collect(),
                ))
            }
            other => Some(other),
        }
    }

    /// What an intrinsic function gives: `None` where that cannot be said here,
    /// `Some(None)` where it is nothing at all.
    fn intrinsic(&self, key: &str, argument: &Value) -> Option<Option<Value>> {
        match key {
            "Ref" if argument == "AWS::NoValue" => Some(None),
            "Ref" => Some(Some(self.names.get(argument.as_str()?)?.clone())),
            "Fn::Sub" => Some(Some(json!(self.substitute(argument.as_str()?)?))),
            "Fn::If" => {
                let [condition, yes, no] = argument.as_array()?.as_slice() else {
                    return None;
                };
                let chosen = if self.holds(&json!({ "Condition": condition }))? {
                    yes
                } else {
                    no
                };
                Some(self.answer(chosen.clone()))
            }
            _ => None,
        }
    }

    fn substitute(&self, text: &str) -> Option<String> {
        let mut parts = text.split("${");
        let mut result = parts.next()?.to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}')?;
            match self.names.get(name)? {
                Value::String(value) => result.push_str(value),
                other => result.push_str(&other.to_string()),
            }
            result.push_str(rest);
        }
        Some(result)
    }

    fn holds(&self, condition: &Value) -> Option<bool> {
        let (operator, argument) = condition.as_object()?.iter().next()?;
        let operands = || argument.as_array().map(Vec::as_slice);
        match operator.as_str() {
            "Condition" => self.holds(self.conditions.get(argument.as_str()?)?),
            "Fn::Equals" => {
                let [left, right] = operands()? else {
                    return None;
                };
                Some(self.answer(left.clone())? == self.answer(right.clone())?)
            }
            "Fn::Not" => Some(!self.holds(operands()?.first()?)?),
            "Fn::And" => operands()?
                .iter()
                .try_fold(true, |all, each| Some(all & self.holds(each)?)),
            "Fn::Or" => operands()?
                .iter()
                .try_fold(false, |any, each| Some(any | self.holds(each)?)),
            _ => None,
        }
    }
}
