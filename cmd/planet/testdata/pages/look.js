// Says what is wrong with a page as it is drawn, or nothing.
(() => {
  const wrong = [...window.noted];
  const root = document.documentElement;
  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) wrong.push(`it is ${over} px wider than the screen`);

  // No text sticks out at a side, unless what it is in scrolls or is meant for screen readers alone.
  const inside = (element) => {
    for (let around = element; around && around !== root; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (style.overflowX !== 'visible' || style.clipPath !== 'none' || style.position === 'fixed' || style.position === 'absolute') return true;
    }
    return false;
  };
  const out = [];
  const range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    if (!text.data.trim()) continue;
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (box.width && (box.right > root.clientWidth + 1 || box.left < -1) && !inside(text.parentElement)) {
      out.push(`${text.parentElement.localName} “${text.data.trim().slice(0, 40)}” lies from ${Math.round(box.left)} to ${Math.round(box.right)}`);
    }
  }
  if (out.length) wrong.push(`${out.length} texts stick out at the side, such as ${out[0]}`);

  // What a reader needs to find the way.
  const count = (kind) => document.querySelectorAll(kind).length;
  for (const kind of ['main', 'h1', 'head > title', 'html[lang]', 'meta[name=viewport]', 'meta[http-equiv=Content-Security-Policy]']) {
    if (count(kind) !== 1) wrong.push(`it has ${count(kind)} × ${kind}`);
  }
  if (!document.title.trim()) wrong.push('it has no title');
  if (!document.querySelector('main') || !document.querySelector('main').innerText.trim()) wrong.push('it says nothing');
  // Only a post's own text may show what lies elsewhere.
  for (const element of document.querySelectorAll('[src], [srcset], [poster], link:is([rel~=stylesheet], [rel~=icon], [rel~=preload], [rel~=prefetch], [rel~=preconnect], [rel~=dns-prefetch])')) {
    const from = element.src || element.srcset || element.poster || element.href;
    if (!element.closest('.e-content, .p-summary') && new URL(from, document.baseURI).origin !== location.origin && !from.startsWith('data:')) {
      wrong.push(`the page itself has a ${element.localName} from ${from}`);
    }
  }
  for (const img of document.querySelectorAll('img')) {
    if (img.complete && !img.naturalWidth && new URL(img.src).origin === location.origin) wrong.push(`${img.src} isn't there`);
  }
  return wrong;
})()
