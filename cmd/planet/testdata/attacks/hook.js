// Runs before anything of a page does: notes what only an attack would do.
window.noted = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) {
  window[name] = (...args) => { window.noted.push(`${name}(${args}) was called`); };
}
{
  const own = window.fetch;
  window.fetch = (...args) => {
    const to = new URL(args[0].url || args[0], document.baseURI);
    if (to.origin === location.origin) return own(...args); // the search asks for its index
    window.noted.push(`fetch(${to}) was called`);
    return Promise.reject(new Error('held back'));
  };
}
document.addEventListener('securitypolicyviolation', (event) => {
  window.noted.push(`the policy stopped ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
