//! What nauth-toolkit's schemas say and Rust types cannot.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Components, ObjectBuilder};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The name of free-form objects as a reference holds it (RFC 6901 §6), and as it is.
const RECORD: [&str; 2] = ["Record%3Cstring%2Cunknown%3E", "Record<string,unknown>"];

/// An object with whatever fields its sender likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(pub Map<String, Value>);

impl PartialSchema for Record {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("An object with whatever fields its sender likes."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for Record {
    fn name() -> Cow<'static, str> {
        RECORD[0].into()
    }
}

/// Gives the schemas the contract's form: free-form objects their name, and every
/// object that names its fields no others. A type of ours would close itself by
/// refusing what it does not know (`deny_unknown_fields`), and this contract's
/// requests drop that. What utoipa makes of an inline type whose field is described, a
/// text that has to be an object too, becomes that type with that description.
pub(super) fn finish(components: &mut Components) {
    let schemas = &mut components.schemas;
    let [referenced, named] = RECORD;
    if let Some(record) = schemas.remove(referenced) {
        schemas.insert(named.to_owned(), record);
    }
    schemas.values_mut().for_each(close);
}

fn close(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            object.properties.values_mut().for_each(close);
            if !object.properties.is_empty() {
                let closed = || Box::new(AdditionalProperties::FreeForm(false));
                object.additional_properties.get_or_insert_with(closed);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                close(items);
            }
        }
        RefOr::T(Schema::OneOf(one)) => one.items.iter_mut().for_each(close),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter_mut().for_each(close),
        RefOr::T(Schema::AllOf(all)) => {
            if let Some(described) = described(&all.items) {
                *schema = described;
            }
            // Of the parts of one object each would refuse the fields of the others.
        }
        RefOr::T(_) | RefOr::Ref(_) => {}
    }
}

/// The one type of `parts`, as the other part describes it, if that says nothing else.
fn described(parts: &[RefOr<Schema>]) -> Option<RefOr<Schema>> {
    let [
        RefOr::T(Schema::Object(inline)),
        RefOr::T(Schema::Object(field)),
    ] = parts
    else {
        return None;
    };
    let only_described = ObjectBuilder::new().description(field.description.clone());
    (*field == only_described.build()).then(|| {
        let mut inline = inline.clone();
        inline.description.clone_from(&field.description);
        inline.into()
    })
}

#[cfg(test)]
mod tests {
    use domain::Contract;
    use serde_json::json;
    use utoipa_axum::router::OpenApiRouter;
    use utoipa_axum::routes;

    use super::*;

    #[expect(dead_code, reason = "only its schema is looked at")]
    #[derive(ToSchema)]
    struct Asked {
        given: Record,
        perhaps: Option<Record>,
        within: Vec<Part>,
        /// Which of them.
        #[schema(inline)]
        chosen: Choice,
    }

    /// What there is to choose from.
    #[expect(dead_code, reason = "only its schema is looked at")]
    #[derive(ToSchema)]
    #[schema(rename_all = "lowercase")]
    enum Choice {
        One,
        Other,
    }

    #[expect(dead_code, reason = "only its schema is looked at")]
    #[derive(ToSchema)]
    #[schema(as = Whole::Part)]
    struct Part {
        size: u8,
    }

    #[utoipa::path(post, path = "/x", tags = ["nauth"], request_body = Asked, responses((status = 200)))]
    async fn handler() {}

    #[test]
    fn the_schemas_have_the_form_of_the_contract() {
        let routes: OpenApiRouter = OpenApiRouter::new().routes(routes!(handler));
        let document = super::super::document(Contract::Nauth, [routes.into_openapi()]);
        let document = serde_json::to_value(document).unwrap();
        let schemas = &document["components"]["schemas"];
        let names: Vec<_> = schemas.as_object().unwrap().keys().collect();
        assert_eq!(names, ["Asked", "Record<string,unknown>", "Whole.Part"]);
        assert_eq!(
            schemas["Record<string,unknown>"]["additionalProperties"],
            true
        );
        for closed in ["Asked", "Whole.Part"] {
            assert_eq!(schemas[closed]["additionalProperties"], false);
        }
        let record = json!("#/components/schemas/Record%3Cstring%2Cunknown%3E");
        let properties = &schemas["Asked"]["properties"];
        assert_eq!(properties["given"]["$ref"], record);
        assert_eq!(properties["perhaps"]["oneOf"][0]["$ref"], record);
        let chosen =
            json!({ "type": "string", "description": "Which of them.", "enum": ["one", "other"] });
        assert_eq!(properties["chosen"], chosen);
    }
}
