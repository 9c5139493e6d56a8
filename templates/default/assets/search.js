// The search loads month by month, newest first, until it has found enough.
addEventListener('DOMContentLoaded', () => {
  const [form, input, found, list, more] = ['search', 'q', 'found', 'results', 'more'].map((id) => document.getElementById(id));
  if (!form) return;
  const { root, ...words } = form.dataset;
  for (const name in words) if (words[name][0] === '{' || words[name][0] === '[') words[name] = JSON.parse(words[name]);
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const fill = (forms, values, n) => (forms[rules.select(n || 0)] || forms.other).replace(/{(\w+)}/g, (_, name) => values[name]);
  const say = (text) => { found.textContent = text; };
  const date = (day, pattern) => fill(pattern, { day: +day.slice(8), month: words.months[day.slice(5, 7) - 1], year: day.slice(0, 4) });
  const files = {}; // promises, by name
  const load = (name) => {
    files[name] ??= fetch(`${root}search/${name}`).then((answer) => (answer.ok ? answer.json() : Promise.reject()));
    files[name].catch(() => delete files[name]);
    return files[name];
  };

  // Case and accents make no difference.
  const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase(); // ß is ss
  const matches = (post, terms) => {
    post.all ??= fold([post.t, post.a, post.x, ...post.g || []].join('\n'));
    return terms.every((term) => post.all.includes(term));
  };

  // Where the terms are in a text, as starts and ends. Folding changes lengths, so it goes letter by letter.
  function marks(text, terms) {
    let folded = '';
    const from = [];
    for (let at = 0; at < text.length;) {
      const letter = String.fromCodePoint(text.codePointAt(at));
      folded += fold(letter);
      while (from.length < folded.length) from.push(at);
      at += letter.length;
    }
    from.push(text.length);
    const all = [];
    for (const term of terms) {
      for (let i = folded.indexOf(term); i >= 0; i = folded.indexOf(term, i + term.length)) all.push([from[i], from[i + term.length]]);
    }
    return all.sort((a, b) => a[0] - b[0]);
  }
  function put(name, text, terms) {
    const element = document.createElement(name);
    let at = 0;
    for (const [start, end] of marks(text, terms)) {
      if (start < at) continue;
      const mark = document.createElement('mark');
      mark.textContent = text.slice(start, end);
      element.append(text.slice(at, start), mark);
      at = end;
    }
    element.append(text.slice(at));
    element.dir = 'auto';
    return element;
  }
  function snippet(text, terms) {
    const [first] = marks(text, terms);
    const start = first && first[0] > 80 ? text.lastIndexOf(' ', first[0] - 60) + 1 : 0;
    return (start ? '… ' : '') + text.slice(start, start + 240) + (text.length > start + 240 ? ' …' : '');
  }
  function show(post, terms) {
    const day = date(post.d, words.date);
    const link = put('a', post.t || day, terms);
    link.href = root + post.u;
    link.removeAttribute('dir');
    const title = document.createElement('h3');
    title.dir = 'auto';
    title.append(link);
    const item = document.createElement('li');
    item.append(title, put('p', [post.a, day, ...post.g || []].map((part) => `\u2068${part}\u2069`).join(' · '), terms));
    if (post.x) item.append(put('p', snippet(post.x, terms), terms));
    list.append(item);
  }

  let run = 0; // what an older search finds comes too late
  let next = 0; // the file to look into next
  let count = 0;
  async function search(goOn) {
    const mine = ++run;
    const terms = fold(input.value).split(/\s+/).filter(Boolean);
    if (!goOn) {
      next = count = 0;
      list.replaceChildren();
    }
    more.hidden = true;
    say(terms.length ? words.loading : '');
    if (!terms.length) return;
    try {
      const names = await load('index.json');
      for (const enough = count + 20; mine === run && count < enough && next < names.length;) {
        const posts = await load(names[next]);
        if (mine !== run) return;
        next++;
        const hits = posts.filter((post) => matches(post, terms));
        hits.forEach((post) => show(post, terms));
        count += hits.length;
      }
      if (mine !== run) return;
      if (!names.length) return say(words.empty);
      more.hidden = next === names.length;
      const text = count ? (more.hidden ? words.all : words.found) : more.hidden ? words.noneAll : words.none;
      const back = date(names[next - 1], words.month);
      say(fill(text, count ? [, count, back] : [, back], count));
    } catch {
      if (mine === run) say(words.failed);
    }
  }

  let timer;
  const start = () => {
    clearTimeout(timer);
    history.replaceState(null, '', input.value ? `?q=${encodeURIComponent(input.value)}` : location.pathname);
    search();
  };
  form.addEventListener('submit', (event) => { event.preventDefault(); start(); });
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(start, 250); });
  more.addEventListener('click', () => search(true));
  form.hidden = false;
  input.value = new URLSearchParams(location.search).get('q') || '';
  if (input.value) search();
  input.focus();
});
