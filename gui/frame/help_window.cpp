// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/help_window.h"

#include "frame/page.h"
#include "frame/widgets.h"

#include <QAction>
#include <QFile>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QTextBrowser>
#include <QVBoxLayout>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr int kListWidth = 220;
constexpr const char* kPages[] = {
    "start", "overview", "memory", "graph", "healing", "keys", "billing", "audit", "settings", "security", "problems", "terminal"};

QString readPage(const QString& language, const QString& id)
{
    QFile file(QString(":/help/%1/%2.md").arg(language, id));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The first heading.
QString titleOf(const QString& markdown) { return markdown.section('\n', 0, 0).mid(2).trimmed(); }

QString keysPage(const Shell& shell)
{
    QString page = "# " + HelpWindow::tr("Shortcuts") + "\n\n" +
        HelpWindow::tr("Every command, with the keys that it has now. They are changed on the page Shortcuts.") + "\n\n| " +
        HelpWindow::tr("Command") + " | " + HelpWindow::tr("Keys") + " |\n| --- | --- |\n";
    for (const QAction* action : shell.commands()) {
        page += QString("| %1 | %2 |\n").arg(action->text(), action->shortcut().toString(QKeySequence::NativeText).replace('|', "\\|"));
    }
    return page;
}

} // namespace

std::vector<HelpPage> helpPages(const Shell& shell)
{
    const QString wanted = QLocale().language() == QLocale::German ? "de" : "en";
    std::vector<HelpPage> pages;
    for (const char* id : kPages) {
        QString markdown = readPage(wanted, id);
        if (markdown.isEmpty()) {
            markdown = readPage("en", id);
        }
        pages.push_back({id, titleOf(markdown), markdown});
    }
    pages.push_back({"shortcuts", HelpWindow::tr("Shortcuts"), keysPage(shell)});
    return pages;
}

HelpWindow::HelpWindow(Shell& shell, QWidget* parent)
    : QWidget(parent, Qt::Window), m_shell(shell), m_search(named(new QLineEdit, tr("Search the help"))),
      m_list(named(new QListWidget, tr("Pages of the help"))), m_text(named(new QTextBrowser, tr("Help"))), m_count(quiet({}))
{
    setWindowTitle(tr("Help"));
    resize(860, 640);
    m_search->setPlaceholderText(tr("Search the help"));
    m_search->setClearButtonEnabled(true);
    m_list->setFixedWidth(kListWidth);
    m_list->setSpacing(2);
    m_text->setOpenLinks(false);
    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addWidget(m_search);
    left->addWidget(m_list, 1);
    left->addWidget(m_count);
    m_search->setFixedWidth(kListWidth);
    m_count->setFixedWidth(kListWidth);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kGap, kGap, kGap, kGap);
    row->setSpacing(kGap);
    row->addLayout(left);
    row->addWidget(m_text, 1);
    connect(m_search, &QLineEdit::textChanged, this, &HelpWindow::search);
    connect(m_list, &QListWidget::currentRowChanged, this, &HelpWindow::chosen);
    connect(m_text, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (link.scheme() == "help") { // nothing leads out of the program
            showPage(link.path());
        }
    });
    m_pages = helpPages(m_shell);
    search({});
}

void HelpWindow::showPage(const QString& id)
{
    m_pages = helpPages(m_shell); // keys may have been changed
    m_search->clear();
    search({});
    const auto found = std::ranges::find(m_pages, id, &HelpPage::id);
    m_list->setCurrentRow(found == m_pages.end() ? 0 : static_cast<int>(found - m_pages.begin()));
}

void HelpWindow::search(const QString& words)
{
    const QString before = currentPage();
    const QStringList each = words.simplified().split(' ', Qt::SkipEmptyParts);
    const QSignalBlocker blocker(m_list);
    m_list->clear();
    for (const HelpPage& page : m_pages) {
        const bool fits = std::ranges::all_of(each, [&](const QString& word) { return page.markdown.contains(word, Qt::CaseInsensitive); });
        if (fits) {
            auto* item = new QListWidgetItem(page.title, m_list);
            item->setData(Qt::UserRole, page.id);
            if (page.id == before) {
                m_list->setCurrentItem(item);
            }
        }
    }
    if (m_list->currentRow() < 0) {
        m_list->setCurrentRow(0);
    }
    m_count->setText(each.isEmpty() ? QString() : tr("%1 pages").arg(m_list->count()));
    chosen();
}

void HelpWindow::chosen()
{
    const auto found = std::ranges::find(m_pages, currentPage(), &HelpPage::id);
    if (found == m_pages.end()) {
        m_text->setPlainText(tr("No page has these words."));
        return;
    }
    m_text->setMarkdown(found->markdown);
    markWords();
}

/// What was searched for is seen, and the first of it is in sight.
void HelpWindow::markWords()
{
    QList<QTextEdit::ExtraSelection> marks;
    for (const QString& word : m_search->text().simplified().split(' ', Qt::SkipEmptyParts)) {
        for (QTextCursor at = m_text->document()->find(word); !at.isNull(); at = m_text->document()->find(word, at)) {
            QTextEdit::ExtraSelection mark;
            mark.cursor = at;
            mark.format.setBackground(palette().color(QPalette::Highlight));
            mark.format.setForeground(palette().color(QPalette::HighlightedText));
            marks.append(mark);
        }
    }
    m_text->setExtraSelections(marks);
    if (!marks.isEmpty()) {
        QTextCursor first = marks.first().cursor;
        first.clearSelection();
        m_text->setTextCursor(first);
        m_text->ensureCursorVisible();
    }
}

QString HelpWindow::currentPage() const
{
    const QListWidgetItem* item = m_list->currentItem();
    return item == nullptr ? QString() : item->data(Qt::UserRole).toString();
}

int HelpWindow::pagesShown() const { return m_list->count(); }
QString HelpWindow::text() const { return m_text->toPlainText(); }

void HelpWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        hide();
    } else if (event->matches(QKeySequence::Find)) {
        m_search->setFocus();
        m_search->selectAll();
    } else {
        QWidget::keyPressEvent(event);
    }
}

/// Markdown keeps the colours that it was laid out with.
void HelpWindow::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_pages.empty()) {
        chosen();
    }
}

} // namespace carma::gui
