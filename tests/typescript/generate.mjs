// The client as DjangoCFG's own tooling makes it from a document: Hey API with fetch, enums as TypeScript's. Functions
// stand by themselves instead of in a class for each tag, since tags are not the contract's; and every answer goes
// through zod, by the document's schemas, before the caller sees it.
//
//     node tests/typescript/generate.mjs DOCUMENT

import { createClient } from '@hey-api/openapi-ts'

const input = process.argv[2]
const output = new URL('client', import.meta.url).pathname
await createClient({
  input,
  output: { path: output, clean: true },
  logs: { level: 'silent' },
  plugins: [
    '@hey-api/client-fetch',
    { name: '@hey-api/typescript', enums: { enabled: true, mode: 'typescript' } },
    'zod',
    { name: '@hey-api/sdk', operations: { strategy: 'flat' }, validator: { response: 'zod' } },
  ],
})
