// Does to everything on a page what readers, time and the network may do.
for (const element of document.querySelectorAll('body *')) {
  if (element.localName === 'details') element.open = true;
  for (const type of ['load', 'error', 'focus', 'focusin', 'blur', 'mouseover', 'mouseenter', 'mousemove', 'mousedown', 'pointerover', 'pointerdown', 'wheel', 'scroll',
    'toggle', 'beforetoggle', 'animationstart', 'animationend', 'transitionend', 'begin', 'end', 'repeat', 'copy', 'cut', 'paste', 'drag', 'keydown', 'contextmenu',
    'play', 'canplay', 'loadstart', 'loadedmetadata', 'durationchange', 'submit', 'formdata', 'input', 'invalid', 'select', 'cuechange', 'beforematch']) {
    element.dispatchEvent(new Event(type));
  }
}
for (const type of ['hashchange', 'message', 'pageshow', 'popstate', 'resize', 'storage']) dispatchEvent(new Event(type));
[];
