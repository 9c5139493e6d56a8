// The outline of a page without the text of its posts: each kind of element with all it lies in, once.
(() => {
  const name = (element) => element.localName + (element.id && !element.closest('article') ? '#' + element.id : '');
  const lines = new Set();
  for (const element of document.querySelectorAll('*')) {
    const post = element.closest('.e-content, .p-summary');
    if (post && post !== element) continue;
    let line = name(element);
    for (let around = element.parentElement; around; around = around.parentElement) line = `${name(around)} > ${line}`;
    lines.add(line);
  }
  return [...lines].sort();
})()
