// Bundles GraphiQL into the folder OUT: its files, and the licences of every package in it. Same input, same bytes.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OUT = process.env.OUT;
mkdirSync(OUT, { recursive: true });

const { metafile } = await build({
  entryPoints: { graphiql: 'graphiql/main.jsx' },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  logLevel: 'error',
});

const names = new Set();
for (const path of Object.keys(metafile.inputs)) {
  const found = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) names.add(path.slice(0, path.indexOf(found[1], path.lastIndexOf('node_modules/')) + found[1].length));
}
const packages = [...names].map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return { title: `${name} ${version}`, text };
});
packages.sort((one, other) => (one.title < other.title ? -1 : 1));
const licences = packages.map(({ title, text }) => `${title}\n\n${text.replaceAll('\r\n', '\n')}\n`);
writeFileSync(join(OUT, 'licenses.txt'), `${licences.join(`\n${'-'.repeat(80)}\n\n`)}`);

for (const file of ['index.html', 'page.css']) copyFileSync(join('graphiql', file), join(OUT, file));
