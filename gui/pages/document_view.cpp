// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/document_view.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/hex.h"
#include "pages/history_pane.h"
#include "pages/tree_model.h"

#include <QFileInfo>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr qsizetype kTextShownMax = 256 * 1024;
constexpr std::size_t kBytesShownMax = 64 * 1024;
enum Tab : int { Text, Scores, History, Json, Hex };

QString jsonOf(const FragmentView& view)
{
    QJsonArray tags;
    for (const std::string& tag : view.document.tags) {
        tags.append(text(tag));
    }
    const QJsonObject document{{"id", text(toString(view.document.id))}, {"namespace", text(view.document.space)},
        {"path", text(view.document.path)}, {"title", text(view.document.title)}, {"media_type", text(view.document.mediaType)},
        {"external_id", text(view.document.externalId)}, {"tags", tags}, {"bytes", static_cast<qint64>(view.document.bytes)},
        {"passages", static_cast<qint64>(view.document.passages)}, {"placeholders", static_cast<qint64>(view.document.placeholders)},
        {"current", view.document.current}};
    QJsonObject object{{"id", text(toString(view.id))}, {"level", text(name(view.level))}, {"state", text(name(view.state))},
        {"place", text(view.place)}, {"offset", static_cast<qint64>(view.offset)}, {"bytes", static_cast<qint64>(view.bytes)},
        {"parent", text(toString(view.parent))}, {"missing_passages", static_cast<qint64>(view.missingPassages)}, {"document", document}};
    if (view.sequence != kNoSequence) {
        object.insert("sequence", static_cast<qint64>(view.sequence));
    }
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Indented));
}

QPlainTextEdit* reader(const QString& name, bool fixed)
{
    auto* edit = named(new QPlainTextEdit, name);
    edit->setReadOnly(true);
    edit->setFrameShape(QFrame::NoFrame);
    edit->setTabChangesFocus(true);
    edit->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    if (fixed) {
        edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
        edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    }
    return edit;
}

} // namespace

DocumentView::DocumentView(Shell& shell)
    : m_shell(shell), m_model(new TreeModel(this)), m_stack(new QStackedWidget), m_title(heading({}, 2)), m_path(quiet({})),
      m_place(quiet({})), m_tree(named(new QTreeView, tr("Levels of the document"))), m_tabs(named(new QTabWidget, tr("Part"))),
      m_text(reader(tr("Text"), false)), m_scores(reader(tr("Scores"), true)), m_json(reader(tr("Record as JSON"), true)),
      m_hex(reader(tr("Bytes"), true)), m_history(new HistoryPane(shell)), m_tags(quiet({})), m_edit(button(tr("Edit"))),
      m_tag(button(tr("Tags")))
{
    auto* empty = quiet(tr("Choose a document or a hit to see its levels, its text and its record."));
    empty->setAlignment(Qt::AlignCenter);
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(m_tree);
    split->addWidget(buildTabs());
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setChildrenCollapsible(false);
    auto* shown = new QWidget;
    auto* column = new QVBoxLayout(shown);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(buildTop());
    column->addWidget(split, 1);
    m_stack->addWidget(empty);
    m_stack->addWidget(shown);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (const TreeNode* node = m_model->node(index)) {
            askPart(node->id);
        }
    });
    connect(m_history, &HistoryPane::versionWanted, this, [this](const DocumentSummary& version) {
        m_historyOf = version.id; // the list stays as it is
        show(version.id, version.id, {});
    });
}

QWidget* DocumentView::buildTop()
{
    m_title->setWordWrap(true);
    m_tag->setToolTip(tr("Put on or take off tags"));
    m_edit->setToolTip(tr("Change the text: a new version"));
    auto* words = new QVBoxLayout;
    words->setSpacing(4);
    words->addWidget(m_title);
    words->addWidget(m_path);
    words->addWidget(m_tags);
    auto* top = new QWidget;
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addLayout(words, 1);
    row->addWidget(m_tag, 0, Qt::AlignTop);
    row->addWidget(m_edit, 0, Qt::AlignTop);
    connect(m_edit, &QPushButton::clicked, this, [this] { emit editWanted(m_summary); });
    connect(m_tag, &QPushButton::clicked, this, [this] { emit tagsWanted(m_summary); });
    return top;
}

QWidget* DocumentView::buildTabs()
{
    m_tree->setModel(m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::StyledPanel);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_text, tr("Text"));
    m_tabs->addTab(m_scores, tr("Scores"));
    m_tabs->addTab(m_history, tr("History"));
    m_tabs->addTab(m_json, tr("JSON"));
    m_tabs->addTab(m_hex, tr("Bytes"));
    auto* below = new QWidget;
    auto* belowColumn = new QVBoxLayout(below);
    belowColumn->setContentsMargins(0, 4, 0, 0);
    belowColumn->addWidget(m_place);
    belowColumn->addWidget(m_tabs, 1);
    connect(m_tabs, &QTabWidget::currentChanged, this, &DocumentView::tabShown);
    return below;
}

void DocumentView::tabShown()
{
    if (m_document.isNull() || m_summary.id != m_document) {
        return;
    }
    if (m_tabs->currentIndex() == History && m_historyOf != m_document) {
        m_historyOf = m_document;
        m_history->show(m_summary);
    } else if (m_tabs->currentIndex() == Hex && m_bytesOf != m_document) {
        m_bytesOf = m_document;
        askBytes();
    }
}

void DocumentView::showHistory() { m_tabs->setCurrentIndex(History); }

void DocumentView::askBytes()
{
    m_shell.session().ask(
        this, [id = m_document](Store& store) { return store.memory().original(id); },
        [this, id = m_document](const Result<std::string>& bytes) {
            if (id != m_document) {
                return;
            }
            m_hex->setPlainText(bytes ? hexText(*bytes, kBytesShownMax) : text(bytes.error().message));
        });
}

void DocumentView::show(const FragmentId& document, const FragmentId& part, const QString& explanation)
{
    m_scores->setPlainText(explanation);
    m_tabs->setTabVisible(Scores, !explanation.isEmpty());
    m_document = document;
    m_shell.session().ask(
        this, [document](Store& store) { return store.memory().tree(document); },
        [this, document, part](Result<DocumentTree>& tree) {
            if (document != m_document) {
                return; // another one was chosen meanwhile
            }
            if (tree) {
                showTree(std::move(*tree), part);
            } else {
                clear();
            }
        });
}

void DocumentView::clear()
{
    m_document = m_historyOf = m_bytesOf = {};
    m_summary = {};
    m_model->setTree({});
    m_history->clear();
    m_hex->clear();
    m_text->clear(); // a locked store shows nothing, and keeps nothing in hidden parts of the window
    m_json->clear();
    m_stack->setCurrentIndex(0);
}

void DocumentView::showTree(DocumentTree tree, const FragmentId& part)
{
    const DocumentSummary& document = tree.document;
    const QString path = text(document.path);
    m_title->setText(document.title.empty() ? QFileInfo(path).fileName() : oneLine(text(document.title), 120));
    m_path->setText(oneLine(path, 300));
    m_path->setVisible(!path.isEmpty());
    QStringList tags;
    for (const std::string& tag : document.tags) {
        tags.append(text(tag));
    }
    m_tags->setText(tr("Tags: %1").arg(oneLine(tags.join(", "), 300)));
    m_tags->setVisible(!tags.isEmpty());
    const bool mayChange = document.current && !m_shell.session().readOnly();
    m_edit->setEnabled(mayChange);
    m_tag->setEnabled(mayChange);
    m_summary = document;
    m_model->setTree(std::move(tree));
    m_tree->expandToDepth(2);
    m_stack->setCurrentIndex(1);
    const QModelIndex chosen = m_model->indexOf(part);
    m_tree->setCurrentIndex(chosen.isValid() ? chosen : m_model->index(0, 0));
    m_tree->scrollTo(m_tree->currentIndex());
    tabShown();
}

void DocumentView::askPart(const FragmentId& part)
{
    m_shell.session().ask(
        this, [part](Store& store) { return store.memory().show(part); },
        [this](const Result<FragmentView>& view) {
            if (view) {
                showPart(*view);
            } else {
                m_text->setPlainText(text(view.error().message));
            }
        });
}

void DocumentView::showPart(const FragmentView& view)
{
    const QString words = text(view.text);
    if (view.state == FragmentState::Placeholder) {
        m_text->setPlainText(tr("The text of this part cannot be read. Everything else about it is known; see JSON."));
    } else if (words.size() > kTextShownMax) {
        m_text->setPlainText(words.left(kTextShownMax) + '\n' + tr("Only the beginning is shown; export it to see all."));
    } else {
        m_text->setPlainText(words);
    }
    m_place->setText(view.place.empty() ? tr("whole document, %1").arg(sizeText(view.bytes)) : oneLine(text(view.place), 200));
    m_json->setPlainText(jsonOf(view));
}

} // namespace carma::gui
