// Postern as a stack of a CDK application. It takes a packaged release, whose code and inner stacks lie in a bucket:
//
//   sam package -t postern-1.0.0/template.yaml --s3-bucket BUCKET --use-json --output-template-file packaged.json

import { readFileSync } from 'node:fs';
import { CfnElement, Stack, Token } from 'aws-cdk-lib';

// The template as it is. The CDK's own CfnInclude reads each resource, and refuses references to the alias of a SAM
// function, which is a resource only after SAM's transform.
class Template extends CfnElement {
  constructor(scope, id, template) {
    super(scope, id);
    this.template = template;
  }

  _toCloudFormation() {
    return this.template;
  }
}

export class Postern extends Stack {
  /**
   * @param scope the application
   * @param name  the stack's name, in lower case, as it begins the names of buckets
   * @param props what every stack takes; `template`, the path of the packaged template; and `parameters`, values of its
   *              parameters, MailFrom at least
   */
  constructor(scope, name, { template, parameters, ...props }) {
    super(scope, name, { ...props, stackName: name });
    const packaged = JSON.parse(readFileSync(template, 'utf8'));
    for (const [key, value] of Object.entries(parameters)) {
      if (!packaged.Parameters[key]) throw new Error(`Postern has no parameter ${key}`);
      packaged.Parameters[key].Default = value;
    }
    const asked = Object.entries(packaged.Parameters).filter(([, { Default }]) => Default === undefined);
    if (asked.length > 0) throw new Error(`without a value: ${asked.map(([key]) => key)}`);
    this.template = new Template(this, 'Template', packaged);
    this.outputs = packaged.Outputs;
  }

  /** An output, for other stacks of the application: `postern.output('AuthorizerArn')`. */
  output(name) {
    if (!this.outputs[name]) throw new Error(`Postern has no output ${name}`);
    return this.exportValue(Token.asString(this.outputs[name].Value), { name: `${this.stackName}-${name}` });
  }
}
