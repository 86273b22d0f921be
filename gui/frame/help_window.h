// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;
class QTextBrowser;

namespace carma::gui {

class Shell;

struct HelpPage {
    QString id; ///< that of a page of the window, or "start", "security", "problems", "terminal"
    QString title;
    QString markdown;
};

/// Every page of the help in the language of the program, in the order of the list. They travel inside the program. "shortcuts" is made
/// of the commands as they are bound now.
std::vector<HelpPage> helpPages(const Shell& shell);

/// Help that needs no network: pages on the left, found by their words, one of them on the right. Stays beside the main window.
class HelpWindow : public QWidget {
    Q_OBJECT

public:
    HelpWindow(Shell& shell, QWidget* parent);
    void showPage(const QString& id);  ///< one that does not exist shows the first
    void search(const QString& words); ///< all of them must be on a page; empty: every page
    [[nodiscard]] QString currentPage() const;
    [[nodiscard]] int pagesShown() const;
    [[nodiscard]] QString text() const; ///< of the shown page, as plain text

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void chosen();
    void markWords();

    Shell& m_shell;
    std::vector<HelpPage> m_pages;
    QLineEdit* m_search;
    QListWidget* m_list;
    QTextBrowser* m_text;
    QLabel* m_count;
};

} // namespace carma::gui
