"""The web chat, in Gradio: ``from ui.app import serve`` and ``serve(Chatbot.default())``.

``ui.app`` holds the components, ``ui.chat`` what happens in them, ``ui.render`` and ``ui.panel`` the HTML,
``ui.texts`` the words in three languages. What is answered, and how, is decided in ``qa``.
"""
