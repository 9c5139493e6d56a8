// Says what is wrong with a page of hostile posts, or nothing. The outline is that of a page of as many harmless ones.
((entries, outline) => {
  const wrong = [...window.noted];
  const check = (ok, what) => { if (!ok) wrong.push(what); };
  const name = (node) => node.localName + (node.id ? '#' + node.id : '') + (node.className ? '.' + node.className : '');
  const texts = '.e-content, .p-summary';

  // The page around the posts is as the theme made it.
  const known = [...new Set(outline.map((line) => line.split(' > ').at(-1)))].filter((element) => element.includes('#')).map((element) => element.split('#')[1]);
  for (const id of known) {
    check(document.querySelectorAll('#' + CSS.escape(id)).length === 1 && !document.getElementById(id).closest('article'), 'something else is called ' + id);
  }
  for (const kind of ['main', 'h1', 'head > title', 'body > header', 'body > footer']) {
    check(document.querySelectorAll(kind).length === 1, kind + ': ' + document.querySelectorAll(kind).length);
  }
  check(!document.querySelector('base, [http-equiv=refresh], object, embed, article form'), 'something is there that no post may bring');
  check(document.title.includes('P'), 'the title is ' + document.title);
  check(document.cookie === 'known=1', 'the cookie is ' + document.cookie);
  check(document.body instanceof HTMLBodyElement && typeof document.getElementById === 'function', 'a name hides one of the document’s own');
  check(!document.getElementById('scheme').hidden, 'the theme’s own script did not run');

  // So is each post around its text, and its text stays where it belongs.
  const articles = document.querySelectorAll('article');
  check(articles.length === entries, `${articles.length} posts, not ${entries}`);
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  check(new Set(ids).size === ids.length, 'an id is there twice');
  for (const article of articles) {
    const title = article.querySelector('.title').textContent;
    check(article.matches('main article.h-entry') && !article.parentElement.closest('article'), title + ': not a post of its own');
    const box = article.getBoundingClientRect();
    for (const element of article.querySelectorAll('*')) {
      if (!element.parentElement.closest(texts)) continue;
      const at = `${title}: <${name(element)}>`;
      check(!element.matches('script, style, link, meta, base, iframe, frame, object, embed, applet, form, input, button, textarea, select, template, portal, dialog, marquee, canvas, animate, set, use, foreignObject, annotation-xml'), at);
      for (const { name, value } of element.attributes) {
        check(!/^on|^(style|srcdoc|name|form|formaction|action|background|ping|target|is|slot|popover|nonce|http-equiv|accesskey|autofocus|contenteditable|tabindex)$/i.test(name) || name === 'tabindex' && value === '0', `${at} has ${name}`);
        if (name === 'id') check(/^e[0-9a-f]{8}-/.test(value), `${at} is called ${value}`);
        if (/^(href|src|poster|cite|data|xlink:href|longdesc)$/i.test(name)) check(/^(https?:\/\/[^/]|mailto:|#e[0-9a-f]{8}-)/i.test(value), `${at} leads to ${value}`);
      }
      check(['static', ''].includes(getComputedStyle(element).position), `${at} is placed by itself`); // '' is of what isn't drawn at all
      const mine = element.getBoundingClientRect();
      let clipped = false;
      for (let around = element.parentElement; around !== article; around = around.parentElement) {
        clipped ||= getComputedStyle(around).overflowX !== 'visible';
      }
      check(clipped || !mine.width || !mine.height ||
        mine.left >= box.left - 1 && mine.right <= box.right + 1 && mine.top >= box.top - 1 && mine.bottom <= box.bottom + 1, `${at} lies outside of its post`);
    }
  }
  return wrong;
})
