use super::{Route, Template, TemplateError};

const TEXT: &str = r#"
Parameters:
  Origin: { Type: String, Default: "https://a.example" }
  Domain: { Type: String }
  List: { Type: CommaDelimitedList, Default: "https://c.example, https://d.example" }
Conditions:
  Has: !Not [!Equals [!Ref Origin, ""]]
  HasNot: !And [!Condition Has, !Equals [!Ref Origin, "x"]]
Resources:
  Identity:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub ${AWS::StackName}-identity
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      TimeToLiveSpecification: { AttributeName: ttl, Enabled: true }
      SSESpecification: { KMSMasterKeyId: !GetAtt Key.Arn }
  Pictures:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub ${AWS::StackName}-pictures
      Origins:
        - !Sub https://${Domain}
        - !If [Has, !Ref Origin, !Ref AWS::NoValue]
        - !If [HasNot, https://never.example, !Ref "AWS::NoValue"]
      Listed: !Ref List
  Accounts:
    Type: AWS::Serverless::Function
    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: accounts } }
    Properties:
      CodeUri: functions/elsewhere
      Events:
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  AccountsIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { IntegrationUri: !Ref Accounts.Alias }
  AccountsRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      RouteKey: ANY /cfg/accounts/{proxy+}
      Target: !Sub integrations/${AccountsIntegration}
  Docs:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/docs/
  DocsIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties: { IntegrationUri: !GetAtt Docs.Arn }
  DocsPageRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: ANY /docs, Target: !Sub "integrations/${DocsIntegration}" }
  DocsReadRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: GET /health, Target: !Sub "integrations/${DocsIntegration}" }
  DocsWriteRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties: { RouteKey: POST /health, Target: !Sub "integrations/${DocsIntegration}" }
"#;

fn template() -> Template {
    Template::parse(TEXT, "stack").unwrap()
}

#[test]
fn tables_are_create_table_requests_with_their_ttl() {
    let template = template();
    let [table] = template.tables() else {
        panic!("{:?}", template.tables());
    };
    assert_eq!(table.name(), "stack-identity");
    assert_eq!(template.table_name("-identity"), Some("stack-identity"));
    assert_eq!(template.table_name("-audit"), None);
    assert_eq!(table.expiry(), Some("ttl"));
    assert_eq!(
        *table.creation(),
        serde_json::json!({
            "TableName": "stack-identity",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        })
    );
}

#[test]
fn a_table_without_a_name_or_keys_is_refused() {
    for properties in ["{ TableName: !GetAtt Key.Arn }", "{ TableName: x }"] {
        let text = format!(
            "Resources: {{ T: {{ Type: 'AWS::DynamoDB::Table', Properties: {properties} }} }}"
        );
        let refused = Template::parse(&text, "stack");
        assert!(
            matches!(refused, Err(TemplateError::Resource { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn references_are_answered_as_far_as_the_template_can() {
    let document = serde_yaml_ng::from_str(TEXT).unwrap();
    let resolved = super::value::resolve(document, "stack");
    let bucket = &resolved["Resources"]["Pictures"]["Properties"];
    // Only a deployment knows the domain.
    let domain = serde_json::json!({ "Fn::Sub": "https://${Domain}" });
    assert_eq!(
        bucket["Origins"],
        serde_json::json!([domain, "https://a.example"])
    );
    let listed = ["https://c.example", "https://d.example"];
    assert_eq!(bucket["Listed"], serde_json::json!(listed));
    assert_eq!(template().bucket_name("-pictures"), Some("stack-pictures"));
}

#[test]
fn routes_lead_to_the_binary_of_their_integration() {
    let keys = |function: &str| {
        let template = template();
        let routes = template.routes().iter();
        let mut keys: Vec<String> = routes
            .filter(|route| route.function() == function)
            .map(Route::key)
            .collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("accounts"), ["ANY /cfg/accounts/{proxy+}"]);
    assert_eq!(keys("docs"), ["ANY /docs", "GET /health", "POST /health"]);
    assert_eq!(template().functions(), ["accounts", "docs"]);
}

#[test]
fn a_route_that_leads_nowhere_is_refused() {
    let lost = TEXT.replace("GetAtt Docs.Arn", "GetAtt Gone.Arn");
    let refused = Template::parse(&lost, "stack");
    assert!(
        matches!(refused, Err(TemplateError::Resource { .. })),
        "{refused:?}"
    );
}

#[test]
fn the_watch_router_lists_both_slash_forms() {
    assert_eq!(
        template().watch_router(),
        r#"[workspace.metadata.lambda.watch.router]
"/cfg/accounts/{*proxy}" = "accounts"
"/docs" = "docs"
"/docs/" = "docs"
"/health" = [{ function = "docs", method = "GET" }, { function = "docs", method = "POST" }]
"/health/" = [{ function = "docs", method = "GET" }, { function = "docs", method = "POST" }]
"#
    );
}

/// API Gateway's own example of precedence, and what lies around it.
#[test]
fn the_most_specific_route_is_taken() {
    let routes = [
        Route::new("ANY", "$default", "default"),
        Route::new("ANY", "/{proxy+}", "all"),
        Route::new("GET", "/pets/{proxy+}", "pets"),
        Route::new("ANY", "/pets/dog/{id}", "any-dog"),
        Route::new("GET", "/pets/dog/{id}", "dog"),
        Route::new("GET", "/pets/dog/1", "first-dog"),
    ];
    let taken = |method: &str, path: &str| {
        let (route, parameters) = Route::find(&routes, method, path).unwrap();
        let parameters: Vec<String> = parameters
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("{} {}", route.function(), parameters.join(" "))
    };
    assert_eq!(taken("GET", "/pets/dog/1"), "first-dog ");
    assert_eq!(taken("GET", "/pets/dog/2"), "dog id=2");
    assert_eq!(taken("POST", "/pets/dog/1"), "any-dog id=1");
    assert_eq!(taken("GET", "/pets/cat/1"), "pets proxy=cat/1");
    assert_eq!(taken("GET", "/pets/dog/1/"), "pets proxy=dog/1/");
    assert_eq!(taken("POST", "/pets/cat/1"), "all proxy=pets/cat/1");
    assert_eq!(taken("POST", "/test/5"), "all proxy=test/5");
    assert_eq!(taken("GET", "/"), "default ");
}

#[test]
fn a_path_must_fit_as_a_whole() {
    let routes = [
        Route::new("ANY", "/health", "docs"),
        Route::new("ANY", "/cfg/accounts/{proxy+}", "accounts"),
    ];
    for path in [
        "/healthy",
        "/health/",
        "/health/x",
        "/Health",
        "/cfg/accounts",
        "/",
        "",
        "*",
    ] {
        assert!(Route::find(&routes, "GET", path).is_none(), "{path}");
    }
    assert!(Route::find(&routes, "GET", "/cfg/accounts/").is_some());
    assert!(Route::find(&routes, "DELETE", "/health").is_some());
    assert!(Route::find(&routes, "PUT", "/cfg/accounts/otp/request/").is_some());
}

#[test]
fn the_projects_own_template_is_understood() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let template = Template::read(&root, "postern").unwrap();
    assert_eq!(template.table_name("-identity"), Some("postern-identity"));
    assert_eq!(template.table_name("-audit"), Some("postern-audit"));
    assert!(Route::find(template.routes(), "GET", "/health").is_some());
}
