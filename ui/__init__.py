"""The web chat, in Gradio: ``from ui.app import serve`` and ``serve(Chatbot.default())``.

``ui.app`` holds the components, ``ui.events`` what Gradio calls, ``ui.chat`` what happens then, ``ui.page`` what is
shown; ``ui.render``, ``ui.reply``, ``ui.panel``, ``ui.picker`` and ``ui.reader`` make the HTML. ``ui.shelf`` is what is
asked, ``ui.bring`` reads a visitor's files. ``ui.programs`` is what programs may call, ``ui.doors`` who may come in;
``ui.texts`` has the words in three languages. What is answered is decided in ``qa``.
"""
