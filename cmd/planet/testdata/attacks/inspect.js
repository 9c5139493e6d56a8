// Says what is wrong with a page of hostile posts, or nothing.
((entries) => {
  const wrong = [...window.noted];
  const check = (ok, what) => { if (!ok) wrong.push(what); };
  const name = (node) => node.localName + (node.id ? '#' + node.id : '') + (node.className ? '.' + node.className : '');
  const only = (parent, kinds) => {
    for (const child of parent.childNodes) {
      check(child.nodeType === Node.TEXT_NODE ? !child.data.trim() : child.nodeType === Node.ELEMENT_NODE && child.matches(kinds),
        `${name(parent)} holds ${child.nodeType === Node.ELEMENT_NODE ? name(child) : JSON.stringify(child.data)}`);
    }
  };

  // The page around the posts is as the theme made it.
  const body = [...document.body.children].map(name).join(' ');
  check(body === 'a.skip header.masthead nav.site-nav div.columns footer.colophon', 'the body holds ' + body);
  const columns = [...document.querySelector('.columns').children].map(name).join(' ');
  check(columns === 'main#posts.h-feed aside.aside', 'the columns are ' + columns);
  only(document.body, 'a.skip, header, nav, div, footer');
  only(document.getElementById('posts'), 'section.day, data.p-name');
  for (const id of ['posts', 'subscribe', 'people', 'scheme']) {
    check(document.querySelectorAll('#' + id).length === 1 && !document.getElementById(id).closest('article'), 'something else is called ' + id);
  }
  for (const kind of ['main', 'header.masthead', 'body > nav', 'aside', 'footer.colophon', 'h1', 'head > title', 'base, [http-equiv=refresh], object, embed, form']) {
    check(document.querySelectorAll(kind).length === (kind.startsWith('base') ? 0 : 1), kind + ': ' + document.querySelectorAll(kind).length);
  }
  check(document.title === 'P', 'the title is ' + document.title);
  check(document.cookie === 'known=1', 'the cookie is ' + document.cookie);
  check(document.forms.length === 0 && document.body instanceof HTMLBodyElement && typeof document.getElementById === 'function', 'a name hides one of the document’s own');
  check(document.getElementById('scheme').title === 'Colours: system', 'the theme’s own script did not run');

  // So is each post around its text, and its text stays where it belongs.
  const articles = document.querySelectorAll('article');
  check(articles.length === entries, `${articles.length} posts, not ${entries}`);
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  check(new Set(ids).size === ids.length, 'an id is there twice');
  for (const article of articles) {
    const title = article.querySelector('.title').textContent;
    const parts = [...article.children].map(name).map((part) => part.split('.').at(-1));
    check(article.matches('section.day > article.h-entry'), title + ': not a post of a day');
    only(article, '.entry-head, .title, .e-content, details.rest, .no-text, .media, .entry-foot');
    check(parts.at(0) === 'entry-head' && parts.at(-1) === 'entry-foot', `${title}: its parts are ${parts}`);
    const box = article.getBoundingClientRect();
    const trusted = new Set(article.querySelectorAll('.entry-head, .entry-head *, .title, .title *, .media, .media *, .entry-foot, .entry-foot *'));
    for (const element of article.querySelectorAll('*')) {
      if (trusted.has(element)) continue;
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
