// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/document_view.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/tree_model.h"

#include <QFileInfo>
#include <QFontDatabase>
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
      m_text(reader(tr("Text"), false)), m_scores(reader(tr("Scores"), true)), m_json(reader(tr("Record as JSON"), true))
{
    auto* empty = quiet(tr("Choose a document or a hit to see its levels, its text and its record."));
    empty->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_tree->setModel(m_model);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::StyledPanel);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_text, tr("Text"));
    m_tabs->addTab(m_scores, tr("Scores"));
    m_tabs->addTab(m_json, tr("JSON"));
    auto* below = new QWidget;
    auto* belowColumn = new QVBoxLayout(below);
    belowColumn->setContentsMargins(0, 4, 0, 0);
    belowColumn->addWidget(m_place);
    belowColumn->addWidget(m_tabs, 1);
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(m_tree);
    split->addWidget(below);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setChildrenCollapsible(false);
    auto* shown = new QWidget;
    auto* column = new QVBoxLayout(shown);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_path);
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
}

void DocumentView::show(const FragmentId& document, const FragmentId& part, const QString& explanation)
{
    m_scores->setPlainText(explanation);
    m_tabs->setTabVisible(1, !explanation.isEmpty());
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
    m_document = {};
    m_model->setTree({});
    m_stack->setCurrentIndex(0);
}

void DocumentView::showTree(DocumentTree tree, const FragmentId& part)
{
    const DocumentSummary& document = tree.document;
    const QString path = text(document.path);
    m_title->setText(document.title.empty() ? QFileInfo(path).fileName() : oneLine(text(document.title), 120));
    m_path->setText(oneLine(path, 300));
    m_path->setVisible(!path.isEmpty());
    m_model->setTree(std::move(tree));
    m_tree->expandToDepth(2);
    m_stack->setCurrentIndex(1);
    const QModelIndex chosen = m_model->indexOf(part);
    m_tree->setCurrentIndex(chosen.isValid() ? chosen : m_model->index(0, 0));
    m_tree->scrollTo(m_tree->currentIndex());
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
