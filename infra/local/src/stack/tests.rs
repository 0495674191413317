use std::os::unix::fs::PermissionsExt as _;

use super::{Environment, StackError, make_wrapping_key, origins};
use crate::local_stack::LocalStack;
use crate::template::Template;

fn template(audit: &str) -> Template {
    let table = |id: &str, name: &str| {
        format!(
            "  {id}:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub ${{AWS::StackName}}-{name}
      KeySchema: [{{ AttributeName: pk, KeyType: HASH }}]
      AttributeDefinitions: [{{ AttributeName: pk, AttributeType: S }}]
"
        )
    };
    let bucket = "  C:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub ${AWS::StackName}-pictures-${AWS::AccountId}
  D:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub ${AWS::StackName}-events-${AWS::AccountId}
";
    let text = [
        "Resources:\n",
        &table("A", "identity"),
        &table("B", audit),
        bucket,
    ]
    .concat();
    Template::parse(&text, "postern").unwrap()
}

#[test]
fn settings_are_made_from_the_template_and_the_place() {
    let place = LocalStack::new(9100);
    let proxies = ["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
    let environment = Environment::new(&place, &template("audit"), &proxies).unwrap();
    let get = |name| environment.get(name).unwrap();
    assert_eq!(get("POSTERN_TABLE"), "postern-identity");
    assert_eq!(get("POSTERN_AUDIT_TABLE"), "postern-audit");
    assert_eq!(get("POSTERN_TRUSTED_PROXIES"), "127.0.0.1,::1");
    assert_eq!(get("POSTERN_ISSUER"), "http://127.0.0.1:9100");
    assert!(get("POSTERN_KEY_FILE").ends_with("/target/local/9100/wrapping.key"));
    assert_eq!(environment.get("POSTERN_KMS_KEY"), None);
    flows::Settings::from_vars(|name| environment.get(name)).unwrap();

    let process = environment.for_process(&place);
    let engine = "http://127.0.0.1:9101";
    assert_eq!(process.get("AWS_ENDPOINT_URL_DYNAMODB").unwrap(), engine);
    assert_eq!(process.get("POSTERN_TABLE").unwrap(), "postern-identity");
}

#[test]
fn a_template_without_a_table_is_refused() {
    let answer = Environment::new(&LocalStack::new(9000), &template("other"), &[]);
    assert!(matches!(answer, Err(StackError::NoTable("-audit"))));
}

#[test]
fn applications_on_this_machine_may_call() {
    use domain::origin::OriginKind::{Native, Web};
    let origins = origins();
    assert_eq!(origins.kind("http://localhost:4200"), Some(Web));
    for app in [
        "capacitor://localhost",
        "ionic://localhost",
        "http://localhost",
    ] {
        assert_eq!(origins.kind(app), Some(Native), "{app}");
    }
}

#[test]
fn the_wrapping_key_is_made_once_and_for_its_owner() {
    let path = std::env::temp_dir().join(format!("postern-key-{}", std::process::id()));
    make_wrapping_key(&path).unwrap();
    let key = std::fs::read(&path).unwrap();
    assert_eq!(key.len(), 32);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    make_wrapping_key(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), key);
    std::fs::remove_file(&path).unwrap();
}
