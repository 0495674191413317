// Synthesizes the example without AWS, and compares what comes out with the release that went in.
//
//   node infra/cdk/check.mjs packaged.json

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deepStrictEqual, ok } from 'node:assert/strict';

const template = process.argv[2];
const outdir = mkdtempSync(join(tmpdir(), 'postern-cdk-'));
execFileSync('node', [join(import.meta.dirname, 'app.mjs')], {
  stdio: 'inherit',
  env: {
    ...process.env,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ template, sender: 'no-reply@example.com' }),
  },
});
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const [before, after, yours] = [template, join(outdir, 'postern.template.json'), join(outdir, 'yours.template.json')].map(read);
deepStrictEqual(after.Resources, before.Resources);
deepStrictEqual(after.Transform, before.Transform);
deepStrictEqual(after.Rules.RecordNeedsCertificate, before.Rules.RecordNeedsCertificate);
deepStrictEqual(after.Parameters.MailFrom.Default, 'no-reply@example.com');
for (const name of Object.keys(before.Outputs)) ok(after.Outputs[name], name);
deepStrictEqual(yours.Outputs.Authorizer.Value, { 'Fn::ImportValue': 'postern-AuthorizerArn' });
console.log(`the CDK makes ${Object.keys(after.Resources).length} resources of the release, each as it is`);
