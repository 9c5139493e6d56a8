// Everything works without this. It runs before the page is drawn, so that a chosen colour scheme doesn't flash.
(() => {
  const root = document.documentElement;
  const schemes = ['system', 'light', 'dark'];
  const stored = () => {
    try { return localStorage.getItem('scheme'); } catch { return null; } // storage may be forbidden
  };
  let scheme = schemes.includes(stored()) ? stored() : 'system';
  const apply = () => {
    if (scheme === 'system') delete root.dataset.scheme;
    else root.dataset.scheme = scheme;
  };
  apply();

  // One button goes through system, light and dark.
  function schemeButton() {
    const button = document.getElementById('scheme');
    if (!button) return;
    const label = () => { button.title = button.ariaLabel = button.dataset[scheme]; };
    button.hidden = false;
    label();
    button.addEventListener('click', () => {
      scheme = schemes[(schemes.indexOf(scheme) + 1) % schemes.length];
      try { localStorage.setItem('scheme', scheme); } catch { /* then it lasts as long as the page */ }
      apply();
      label();
    });
  }

  // The list of people is open where it has a column of its own.
  function people() {
    const list = document.getElementById('people');
    const wide = matchMedia('(min-width: 69rem)');
    const follow = () => { if (list) list.open = wide.matches; };
    wide.addEventListener('change', follow);
    follow();
  }

  // Beside the clock of a new post stands how long ago that was.
  function ages() {
    const words = new Intl.RelativeTimeFormat(root.lang);
    for (const time of document.querySelectorAll('.meta time')) {
      const minutes = Math.round((Date.parse(time.dateTime) - Date.now()) / 60000);
      if (minutes > 0 || minutes < -720) continue;
      time.append(` (${minutes > -60 ? words.format(minutes, 'minute') : words.format(Math.round(minutes / 60), 'hour')})`);
    }
  }

  // A link to a post leads past a fold, if what it names is inside.
  function unfold() {
    const target = document.querySelector(':target');
    const fold = target && target.closest('details.rest:not([open])');
    if (!fold) return;
    fold.open = true;
    target.scrollIntoView();
  }

  // What scrolls inside itself can be reached by keyboard. An observer looks at what is drawn: what is folded away isn't laid out.
  function scrollers() {
    const drawn = new ResizeObserver((boxes) => {
      for (const { target: box } of boxes) {
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
        else box.removeAttribute('tabindex');
      }
    });
    for (const box of document.querySelectorAll('main :is(pre, table, math)')) drawn.observe(box);
  }

  // j and k go to the next and previous post, o opens it: from the one with the focus while it can be seen, or else from the top.
  const titles = ':is(.title, .p-name) a';
  const all = () => [...document.querySelectorAll('.h-entry')];
  function current(posts) {
    const at = posts.indexOf(document.activeElement && document.activeElement.closest('.h-entry'));
    if (at < 0) return -1;
    const box = posts[at].getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight ? at : -1;
  }
  function go(step) {
    const posts = all();
    let next = current(posts) + step;
    if (next === step - 1) {
      const edge = posts.length ? parseFloat(getComputedStyle(posts[0]).scrollMarginTop) : 0; // below the day that sticks
      const tops = posts.map((post) => post.getBoundingClientRect().top);
      next = step > 0 ? tops.findIndex((top) => top > edge + 2) : tops.findLastIndex((top) => top < edge - 2);
    }
    const post = posts[next];
    if (!post) return;
    post.scrollIntoView({ behavior: 'instant' });
    const link = post.querySelector(titles);
    if (!link) post.tabIndex = -1;
    (link || post).focus({ preventScroll: true, focusVisible: true });
  }
  function open() {
    const posts = all();
    const post = posts[current(posts)] || posts.find((p) => p.getBoundingClientRect().bottom > 96);
    const link = post && post.querySelector(titles);
    if (link) link.click();
  }
  // The slash leads to the search.
  function find() {
    const input = document.querySelector('input[type=search]');
    const page = document.querySelector('link[rel=search]');
    if (input) input.focus();
    else if (page) location = page.href;
  }
  function keys(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest && event.target.closest('input, textarea, select, [contenteditable]')) return;
    if (event.key === 'j') go(1);
    else if (event.key === 'k') go(-1);
    else if (event.key === 'o') open();
    else if (event.key === '/') find();
    else return;
    event.preventDefault();
  }

  document.addEventListener('DOMContentLoaded', () => {
    schemeButton();
    people();
    scrollers();
    ages();
    unfold();
    addEventListener('hashchange', unfold);
    addEventListener('keydown', keys);
  });
})();
