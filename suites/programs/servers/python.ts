import { declare } from '../../../src/programs/declaration.ts';

const PYTHON = '/usr/bin/python3';
const FLASK = "from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef index():\n    return 'here'\n";

/** Servers and frameworks of Python, as their users start them. */
export default declare('python', {
  'http.server': {
    debian: 'python3',
    run: `${PYTHON} -m http.server`,
    says: ['tcp *:8000'],
    where: 'docs.python.org/3/library/http.server.html, --bind: all interfaces by default',
    late: `${PYTHON} -m http.server --bind {address}`,
  },
  'http.server --bind localhost': {
    debian: 'python3',
    run: `${PYTHON} -m http.server --bind localhost`,
    says: ['tcp localhost:8000'],
    where: 'docs.python.org/3/library/http.server.html, --bind: the address to bind to',
  },
  'flask run': {
    debian: 'python3-flask',
    run: '/usr/bin/flask run',
    files: { '/srv/app/app.py': FLASK },
    says: ['tcp 127.0.0.1:5000'],
    where: 'flask.palletsprojects.com/quickstart: only from your own computer, 127.0.0.1:5000',
    late: '/usr/bin/flask run --host {address}',
  },
  'django runserver': {
    debian: 'python3-django',
    run: `${PYTHON} manage.py runserver`,
    build: 'cd /srv/app && /usr/bin/django-admin startproject site1 .',
    says: ['tcp 127.0.0.1:8000'],
    where: 'docs.djangoproject.com/en/3.2/ref/django-admin, runserver: 127.0.0.1:8000',
    limit: 60,
    late: `${PYTHON} manage.py runserver {address}:8000`,
  },
  gunicorn: {
    debian: 'gunicorn python3-flask',
    run: '/usr/bin/gunicorn app:app',
    files: { '/srv/app/app.py': FLASK },
    says: ['tcp 127.0.0.1:8000'],
    where: 'docs.gunicorn.org/en/stable/settings.html, `bind`: 127.0.0.1:8000',
    late: '/usr/bin/gunicorn -b {address}:8000 app:app',
  },
  uvicorn: {
    debian: 'uvicorn',
    run: '/usr/bin/uvicorn app:app',
    files: {
      '/srv/app/app.py':
        "async def app(scope, receive, send):\n    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n    await send({'type': 'http.response.body', 'body': b'here'})\n",
    },
    says: ['tcp 127.0.0.1:8000'],
    where: 'uvicorn.org/settings, --host: 127.0.0.1',
    late: '/usr/bin/uvicorn --host {address} app:app',
  },
  'aiohttp run_app': {
    debian: 'python3-aiohttp',
    run: `${PYTHON} app.py`,
    files: { '/srv/app/app.py': 'from aiohttp import web\nweb.run_app(web.Application())\n' },
    says: ['tcp 0.0.0.0:8080'],
    where: 'docs.aiohttp.org/en/stable/web_reference.html, run_app: host is 0.0.0.0 by default',
    limit: 60,
  },
  'jupyter notebook': {
    debian: 'jupyter-notebook',
    run: '/usr/bin/jupyter-notebook --allow-root --no-browser',
    says: ['tcp localhost:8888'],
    where: 'jupyter-notebook.readthedocs.io/en/6.4/config.html, NotebookApp.ip: localhost',
    limit: 60,
    late: '/usr/bin/jupyter-notebook --allow-root --no-browser --ip {address}',
  },
});
