// Runs axe-core on a page, without what lies in exclude, and says what it finds.
(async (exclude) => {
  const context = exclude ? { include: [['html']], exclude: [...new Set(exclude.split(', '))].map((kind) => [kind]) } : document;
  const { violations } = await axe.run(context, { resultTypes: ['violations'] });
  return violations.map((v) => `axe: ${v.id}: ${v.help}, ${v.nodes.length} times, such as ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].any.concat(v.nodes[0].all).map((c) => c.message).join('; ')}`);
})
