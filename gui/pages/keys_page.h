// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"
#include "pages/key_change_dialog.h"
#include "pages/key_words.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTabWidget;
class QTableView;

namespace carma::gui {

class KeyDetails;

/// API keys: who has which, what they may do, their rate classes, and where they lie that they should not.
class KeysPage : public Page {
    Q_OBJECT

public:
    explicit KeysPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< the id of a key
    void reset() override;
    [[nodiscard]] QStringList command() const override;
    void makeKey();
    void change(KeyChange change); ///< of the chosen key
    void scan(const QString& folder);

private:
    struct Answer;
    QWidget* buildKeys();
    QWidget* buildClasses();
    QWidget* buildLeaks();
    void buildCommands();
    void chosen();
    void perform(const class KeyChangeDialog& dialog);
    void showSecret(Result<IssuedKey>& issued);
    void changed(const Result<KeyInfo>& key, const QString& done);
    void editClass(const KeyRateClass& begin);
    void removeClass();
    [[nodiscard]] bool mayWrite();

    Shell& m_shell;
    KeysModel* m_keys;
    ClassesModel* m_classes;
    FoundKeysModel* m_found;
    QSortFilterProxyModel* m_sorted;
    KeyDetails* m_details;
    QTabWidget* m_tabs;
    QLineEdit* m_filter = nullptr;
    QTableView* m_table = nullptr;
    QTableView* m_classTable = nullptr;
    QPushButton* m_change = nullptr;
    QPushButton* m_remove = nullptr;
    QLabel* m_line = nullptr;
    QLabel* m_scanned = nullptr;
    QString m_wanted; ///< id of a key to choose once it is listed
};

} // namespace carma::gui
