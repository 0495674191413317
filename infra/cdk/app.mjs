// An application of Postern and a stack of yours that needs to know of it.
//
//   npx cdk deploy --all --app 'node app.mjs' -c template=packaged.json -c sender=no-reply@example.com

import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Postern } from './postern.mjs';

const app = new App();
const postern = new Postern(app, 'postern', {
  template: app.node.getContext('template'),
  parameters: { MailFrom: app.node.getContext('sender') },
});

// Here an API of yours would name the authorizer: docs/protect.md.
const yours = new Stack(app, 'yours');
new CfnOutput(yours, 'Authorizer', { value: postern.output('AuthorizerArn') });
