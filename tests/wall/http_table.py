"""What every address of the portal answers to whom: the table that ``test_http_matrix.py`` holds the portal against.

404 is another circle's, 403 is visible but not yours to do, 302 is "log in" or "done", 405 a page that is only looked
at or only sent to, 422 a form with nothing in it. A cell is what a GET and what a POST answers; one number is both. A
POST carries nothing that a form asks for; searching and counting is looking only. "of" is which meeting of Waasland
the address is about, "-" where it is about none. "member" was asked to receive the drafts, and so sees them. To
be moved to another circle no address is made for: ``test_http_forms.py`` tries that with every field of every form.
"""

from dataclasses import dataclass

COLUMNS = (
    "visitor", "member", "elsewhere", "both", "former", "trekker", "trekker elsewhere", "manager", "deactivated",
)  # fmt: skip
LOGGED_OUT = {"visitor", "deactivated"}
VERBS = {
    "list", "read", "add", "change", "delete", "move", "download", "export", "calendar", "search", "count",
}  # fmt: skip

OURS = """
page                     of        verb     visitor member  elsewh. both    former  trekker t.else. manager deact.
front                    -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
accessibility            -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
live                     -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
ready                    -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
circles                  -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
circle                   -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
governments              -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
governments_in_no_circle -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
government               -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
join                     -         add      302     200/302 200/302 200/302 200/302 200/302 200/302 200/302 302
leave                    -         delete   302     200/302 302     200/302 302     200/302 302     302     302
circle_members           -         list     302     200/405 403     200/405 403     200/405 403     200/405 302
ask_member               -         add      302     403     403     403     403     200/422 403     200/422 302
decide_request           -         change   302     404     404     404     404     200/422 404     200/422 302
answer_asking            asked     change   302     200/422 404     404     404     404     404     404     302
give_role                -         change   302     403     404     403     404     200/422 404     200/422 302
mine                     -         read     302     200/405 200/405 200/405 200/405 200/405 200/405 200/405 302
language                 -         change   405/302 405/302 405/302 405/302 405/302 405/302 405/302 405/302 405/302
profile                  -         change   302     200/422 200/422 200/422 200/422 200/422 200/422 200/422 302
sessions                 -         change   302     200/302 200/302 200/302 200/302 200/302 200/302 200/302 302
meetings                 -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
circle_meetings          -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
meeting                  draft     read     404/405 200/405 404/405 404/405 404/405 200/405 404/405 200/405 404/405
meeting                  circle    read     404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
meeting                  network   read     404/405 200/405 200/405 200/405 404/405 200/405 200/405 200/405 404/405
meeting                  public    read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
meeting                  held      read     404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
answer_meeting           draft     add      302     405/422 405/404 405/404 405/404 405/422 405/404 405/422 302
answer_meeting           circle    add      302     405/422 405/404 405/422 405/404 405/422 405/404 405/422 302
answer_meeting           network   add      302     405/422 405/422 405/422 405/404 405/422 405/422 405/422 302
answer_meeting           public    add      302     405/422 405/422 405/422 405/422 405/422 405/422 405/422 302
answer_meeting           held      add      302     405/422 405/404 405/422 405/404 405/422 405/404 405/422 302
answers                  draft     list     302     403     404     404     404     200/405 404     200/405 302
answers                  circle    list     302     403     404     403     404     200/405 404     200/405 302
answers                  public    list     302     403     403     403     403     200/405 403     200/405 302
answers_sheet            draft     export   302     403     404     404     404     200/405 404     200/405 302
answers_sheet            circle    export   302     403     404     403     404     200/405 404     200/405 302
answers_sheet            public    export   302     403     403     403     403     200/405 403     200/405 302
always                   -         change   302     200/302 403     200/302 403     200/302 403     200/302 302
excuse                   draft     change   302     302     404     404     404     302     404     302     302
excuse                   circle    change   302     302     404     302     404     302     404     302     302
excuse                   public    add      302     302     302     200/302 302     302     302     302     302
beamer                   draft     read     302     403/405 404     404     404     200/405 404     200/405 302
beamer                   circle    read     302     403     404     403     404     200/405 404     200/405 302
beamer                   public    read     302     403     403     403     403     200/405 403     200/405 302
paper                    draft     list     302     403/405 404     404     404     200/405 404     200/405 302
paper                    circle    list     302     403     404     403     404     200/405 404     200/405 302
paper                    public    list     302     403     403     403     403     200/405 403     200/405 302
check_in                 draft     add      302     200/422 404     404     404     200/422 404     200/422 302
check_in                 circle    add      302     200/422 404     200/422 404     200/422 404     200/422 302
check_in                 network   add      302     200/422 200/422 200/422 404     200/422 200/422 200/422 302
check_in                 public    add      302     200/422 200/422 200/422 200/422 200/422 200/422 200/422 302
check_in                 held      add      302     200/422 404     200/422 404     200/422 404     200/422 302
presence                 draft     change   302     403     404     404     404     200/409 404     200/409 302
presence                 circle    change   302     403     404     403     404     200/409 404     200/409 302
presence                 public    change   302     403     403     403     403     200/409 403     200/409 302
presence                 held      change   302     403     404     403     404     200/302 404     200/302 302
answer_by_letter         draft     change   410     410     410     410     410     410     410     410     410
answer_by_letter         circle    change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
answer_by_letter         network   change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
answer_by_letter         public    change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
answer_by_letter         cancelled change   410     410     410     410     410     410     410     410     410
answer_by_letter         held      change   410     410     410     410     410     410     410     410     410
desk                     -         list     302     403     403     403     403     200/405 403     200/405 302
plan                     -         add      302     403     403     403     403     200/422 403     200/422 302
edit_meeting             draft     change   302     403     404     404     404     200/422 404     200/422 302
edit_meeting             circle    change   302     403     404     403     404     200/422 404     200/422 302
edit_meeting             public    change   302     403     403     403     403     200/422 403     200/422 302
agenda                   draft     add      302     403     404     404     404     200/422 404     200/422 302
agenda                   circle    add      302     403     404     403     404     200/422 404     200/422 302
agenda                   public    add      302     403     403     403     403     200/422 403     200/422 302
edit_item                draft     change   302     403     404     404     404     200/422 404     200/422 302
edit_item                circle    change   302     403     404     403     404     200/422 404     200/422 302
edit_item                public    change   302     403     403     403     403     200/422 403     200/422 302
shift_item               draft     move     302     403     404     404     404     405/302 404     405/302 302
shift_item               circle    move     302     403     404     403     404     405/302 404     405/302 302
shift_item               public    move     302     403     403     403     403     405/302 403     405/302 302
remove_item              draft     delete   302     403     404     404     404     405/302 404     405/302 302
remove_item              circle    delete   302     403     404     403     404     405/302 404     405/302 302
remove_item              public    delete   302     403     403     403     403     405/302 403     405/302 302
pressing_questions       -        add      302     200/422 403     200/422 403     200/422 403     200/422 302
edit_question            -        change   302     200/422 404     403     404     403     404     403     302
withdraw_question        -        delete   302     405/302 404     405/403 404     405/403 404     405/403 302
support_question         -        add      302     405/302 404     405/302 404     405/302 404     405/302 302
take_question            -        move     302     403     404     403     404     200/302 404     200/302 302
round                    circle   add      302     200/422 404     200/302 404     200/302 404     200/302 302
round                    network  add      302     200/422 403     200/302 404     200/302 403     200/302 302
round                    public   add      302     200/422 403     200/302 403     200/302 403     200/302 302
round                    held     add      302     200/422 404     200/302 404     200/302 404     200/302 302
round                    draft    add      302     200/302 404     404     404     200/302 404     200/302 302
balance                  -        read     302     403     403     403     403     200/405 403     200/405 302
apply_template           draft    add      302     403     404     404     404     405/302 404     405/302 302
apply_template           circle   add      302     403     404     403     404     405/302 404     405/302 302
apply_template           public   add      302     403     403     403     403     405/302 403     405/302 302
ask_dates                draft     add      302     403     404     404     404     200/422 404     200/422 302
ask_dates                asked-day add      302     403     404     404     404     302     404     302     302
ask_dates                circle    add      302     403     404     403     404     302     404     302     302
poll                     asked-day add      302     200/422 404     200/422 404     200/422 404     200/422 302
poll                     follows   add      302     404     404     404     404     200/302 404     200/302 302
poll                     circle    add      302     200/302 404     200/302 404     200/302 404     200/302 302
stop_asking              asked-day delete   302     403     404     403     404     405/302 404     405/302 302
choose_date              asked-day change   302     403     404     403     404     405/302 404     405/302 302
choose_date              follows   change   302     404     404     404     404     405/302 404     405/302 302
publish_meeting          draft     change   302     403     404     404     404     405/302 404     405/302 302
publish_meeting          circle    change   302     403     404     403     404     405/302 404     405/302 302
publish_meeting          public    change   302     403     403     403     403     405/302 403     405/302 302
invite                   draft     add      302     403     404     404     404     302     404     302     302
invite                   circle    add      302     403     404     403     404     200/302 404     200/302 302
invite                   public    add      302     403     403     403     403     200/409 403     200/409 302
move_meeting             draft     move     302     403     404     404     404     302     404     302     302
move_meeting             circle    move     302     403     404     403     404     200/422 404     200/422 302
move_meeting             public    move     302     403     403     403     403     200/422 403     200/422 302
cancel_meeting           draft     delete   302     403     404     404     404     200/302 404     200/302 302
cancel_meeting           circle    delete   302     403     404     403     404     200/422 404     200/422 302
cancel_meeting           public    delete   302     403     403     403     403     200/422 403     200/422 302
meeting_post             draft     list     302     403     404     404     404     200/405 404     200/405 302
meeting_post             circle    list     302     403     404     403     404     200/405 404     200/405 302
meeting_post             public    list     302     403     403     403     403     200/405 403     200/405 302
meeting_calendar         draft     calendar 404/405 200/405 404/405 404/405 404/405 200/405 404/405 200/405 404/405
meeting_calendar         circle    calendar 404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
meeting_calendar         network   calendar 404/405 200/405 200/405 200/405 404/405 200/405 200/405 200/405 404/405
meeting_calendar         public    calendar 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
meeting_calendar         held      calendar 404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
circle_feed              -         calendar 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
feed                     -         calendar 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
renew_feed               -         change   302     405/302 405/302 405/302 405/302 405/302 405/302 405/302 302
choose_cancelled         -         change   302     405/302 405/302 405/302 405/302 405/302 405/302 405/302 302
rota                     -        list     302     200/405 403     200/405 403     200/405 403     200/405 302
set_willing              -        change   302     403     403     403     403     405/302 403     405/302 302
ask_host                 draft    add      302     403     404     404     404     200/422 404     200/422 302
ask_host                 circle   add      302     403     404     403     404     200/422 404     200/422 302
ask_host                 public   add      302     403     403     403     403     200/422 403     200/422 302
withdraw_hosting         draft    delete   302     403     404     404     404     405/302 404     405/302 302
withdraw_hosting         circle   delete   302     404     404     404     404     405/302 404     405/302 302
withdraw_hosting         public   delete   302     404     403     404     404     405/302 404     405/302 302
host                     draft    change   302     200/302 404     404     404     200/302 404     200/302 302
host                     circle   change   302     403     404     403     404     200/302 404     200/302 302
host                     public   change   302     403     403     403     403     200/302 403     200/302 302
answer_host              draft    change   302     405/422 404     404     404     405/422 404     405/422 302
answer_host              circle   change   302     403     404     403     404     405/422 404     405/422 302
answer_host              public   change   302     403     403     403     403     405/422 403     405/422 302
propose_swap             draft    change   302     405/302 404     404     404     405/302 404     405/302 302
propose_swap             circle   change   302     403     404     403     404     405/302 404     405/302 302
propose_swap             public   change   302     403     403     403     403     405/302 403     405/302 302
answer_swap              draft    change   302     405/302 404     404     404     405/302 404     405/302 302
answer_swap              circle   change   302     403     404     403     404     405/302 404     405/302 302
answer_swap              public   change   302     403     403     403     403     405/302 403     405/302 302
check_task               draft    change   302     405/302 404     404     404     405/302 404     405/302 302
check_task               circle   change   302     404     404     404     404     405/302 404     405/302 302
check_task               public   change   302     404     404     404     404     405/302 404     405/302 302
tell_visit               draft    change   302     200/422 404     404     404     200/422 404     200/422 302
tell_visit               circle   change   302     403     404     403     404     200/422 404     200/422 302
tell_visit               public   change   302     403     403     403     403     200/422 403     200/422 302
speakers                 -         list     302     403     403     403     403     200/405 200/405 200/405 302
add_speaker              -         add      302     403     403     403     403     200/422 200/422 200/422 302
speaker                  -         change   302     403     403     403     403     200/422 200/422 200/422 302
calls                    -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
propose_talk             -         add      200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
confirm_proposal         -         change   200/302 200/302 200/302 200/302 200/302 200/302 200/302 200/302 200/302
talk_proposals           -         add      302     403     403     403     403     200/422 403     200/422 302
talk_proposal            -         change   302     404     404     404     404     200/422 404     200/422 302
pass_on                  draft     add      302     403     404     404     404     405/302 404     405/302 302
pass_on                  held      add      302     403     404     403     404     405/302 404     405/302 302
close_call               -         delete   302     403     403     403     403     405/302 403     405/302 302
ask_speaker              draft     add      302     403     404     404     404     200/422 404     200/422 302
ask_speaker              circle    add      302     403     404     403     404     200/422 404     200/422 302
ask_speaker              public    add      302     403     403     403     403     200/422 403     200/422 302
withdraw_talk            draft     delete   302     403     404     404     404     405/302 404     405/302 302
withdraw_talk            circle    delete   302     403     404     403     404     405/302 404     405/302 302
withdraw_talk            public    delete   302     403     403     403     403     405/302 403     405/302 302
talk_by_link             draft     change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
talk_by_link             circle    change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
talk_by_link             network   change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
talk_by_link             public    change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
talk_by_link             cancelled change   410     410     410     410     410     410     410     410     410
talk_by_link             held      change   200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422 200/422
add_material             draft     add      302     403     404     404     404     200/422 404     200/422 302
add_material             circle    add      302     403     404     403     404     200/422 404     200/422 302
add_material             public    add      302     403     403     403     403     200/422 403     200/422 302
material                 draft     download 404/405 200/405 404/405 404/405 404/405 200/405 404/405 200/405 404/405
material                 circle    download 404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
material                 network   download 404/405 200/405 200/405 200/405 404/405 200/405 200/405 200/405 404/405
material                 public    download 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
material                 held      download 404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
material                 slides    download 404/405 200/405 404/405 200/405 404/405 200/405 404/405 200/405 404/405
material_address         draft     download 302     200/405 404/405 404/405 404/405 200/405 404/405 200/405 302
material_address         circle    download 302     200/405 404/405 200/405 404/405 200/405 404/405 200/405 302
material_address         public    download 302     200/405 200/405 200/405 200/405 200/405 200/405 200/405 302
material_address         slides    download 302     200/405 404/405 200/405 404/405 200/405 404/405 200/405 302
material_by_link         draft     download 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
material_by_link         circle    download 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
material_by_link         public    download 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
material_by_link         slides    download 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
remove_material          draft     delete   302     403     404     404     404     405/302 404     405/302 302
remove_material          circle    delete   302     403     404     403     404     405/302 404     405/302 302
remove_material          public    delete   302     403     403     403     403     405/302 403     405/302 302
report                   circle    read     302     404/405 404/405 404/405 404/405 200/405 404/405 200/405 302
report                   public    read     302     404/405 404/405 404/405 404/405 200/405 404/405 200/405 302
report                   held      read     302     200/405 404/405 200/405 404/405 200/405 404/405 200/405 302
write_report             draft     change   302     403     404     404     404     200/422 404     200/422 302
write_report             circle    change   302     403     404     403     404     200/422 404     200/422 302
write_report             public    change   302     403     403     403     403     200/422 403     200/422 302
write_report             held      change   302     403     404     403     404     200/422 404     200/422 302
dossier_pdf              circle    download 302     404/405 404/405 404/405 404/405 200/405 404/405 200/405 302
dossier_pdf              held      download 302     200/405 404/405 200/405 404/405 200/405 404/405 200/405 302
dossier_zip              circle    download 302     404/405 404/405 404/405 404/405 200/405 404/405 200/405 302
dossier_zip              held      download 302     200/405 404/405 200/405 404/405 200/405 404/405 200/405 302
evaluate                 circle    add      302     302     404     302     404     302     404     302     302
evaluate                 held      add      302     200/422 404     302     404     302     404     302     302
evaluations              circle    read     302     403     404     403     404     200/405 404     200/405 302
evaluations              held      read     302     403     404     403     404     200/405 404     200/405 302
circle_actions           -         list     302     200/405 403     200/405 403     200/405 403     200/405 302
edit_action              circle    change   302     404     404     404     404     200/422 404     200/422 302
edit_action              held      change   302     403     404     403     404     200/422 404     200/422 302
tick_action              circle    change   302     405/404 405/404 405/404 405/404 405/302 405/404 405/302 302
tick_action              held      change   302     405/302 405/404 405/403 405/404 405/302 405/404 405/302 302
remove_action            circle    delete   302     404     404     404     404     405/302 404     405/302 302
remove_action            held      delete   302     403     404     403     404     405/302 404     405/302 302
circle_decisions         -         list     302     200/405 403     200/405 403     200/405 403     200/405 302
edit_decision            circle    change   302     404     404     404     404     200/422 404     200/422 302
edit_decision            held      change   302     403     404     403     404     200/422 404     200/422 302
remove_decision          held      delete   302     403     404     403     404     405/302 404     405/302 302
channel                  -         change   302     403     403     403     403     200/302 403     200/302 302
unsubscribe              -         change   200/302 200/302 200/302 200/302 200/302 200/302 200/302 200/302 200/302
demo_style               -         read     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
demo_post                -         list     200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405 200/405
demo_letter              -         read     404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405
demo_letter_html         -         read     404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405
demo_letter_calendar     -         calendar 404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405 404/405
meetings?zoek=zz         -         search   200     200     200     200     200     200     200     200     200
circle_meetings?zoek=zz  -         search   200     200     200     200     200     200     200     200     200
governments?zoek=zz      -         search   200     200     200     200     200     200     200     200     200
speakers?zoek=zz         -         search   302     403     403     403     403     200     200     200     302
ask_speaker?zoek=zz      draft     search   302     403     404     404     404     200     404     200     302
ask_speaker?zoek=zz      public    search   302     403     403     403     403     200     403     200     302
demo_post?to=zz          -         search   200     200     200     200     200     200     200     200     200
meetings                 -         count    200     200     200     200     200     200     200     200     200
meetings?wanneer=voorbij -         count    200     200     200     200     200     200     200     200     200
circle_meetings          -         count    200     200     200     200     200     200     200     200     200
meeting_post             draft     count    302     403     404     404     404     200     404     200     302
"""

# allauth's pages, where the doorkeeper acts. Two columns: not logged in (or deactivated), and logged in. Everyone in
# world.py has a second factor and has not shown it: what a password alone may not open leads there.
DOOR = """
page                                 verb     out     in
account_login                        read     200/422 302
account_logout                       change   302     200/302
account_inactive                     read     200/405 200/405
account_signup                       add      200/422 302
account_reauthenticate               change   302     302
account_email                        change   302     200/302
account_email_verification_sent      read     200/405 200/405
account_change_password              change   302     200/422
account_set_password                 change   302     302
account_reset_password               change   200/422 200/422
account_confirm_login_code           change   302     302
account_confirm_email                change   200/302 200/302
account_reset_password_from_key_done read     200/405 200/405
account_reset_password_from_key      change   200/422 200/422
account_reset_password_done          read     200/405 200/405
mfa_index                            list     302     200/405
mfa_authenticate                     change   302     302
mfa_reauthenticate                   change   302     200/422
mfa_activate_totp                    add      302     302
mfa_deactivate_totp                  delete   302     302
mfa_view_recovery_codes              read     302     302
mfa_generate_recovery_codes          change   302     302
mfa_list_webauthn                    list     302     302
mfa_add_webauthn                     add      302     302
mfa_edit_webauthn                    change   302     302
mfa_remove_webauthn                  delete   302     302
mfa_login_webauthn                   change   302     302
mfa_reauthenticate_webauthn          change   302     302
secure                               change   302     405/302
go_on                                change   302     405/302
socialaccount_connections            list     302     200/422
socialaccount_signup                 add      302     302
outside_come_in                      read     302/405 302/405
outside_leave_for                    change   405/404 405/404
outside_come_back                    read     404/405 404/405
"""

# The admin, for community managers alone: whoever is not logged in gets 302 and everyone else 403, whatever the page.
# What a manager gets depends on the page and on how the table is kept (regions/desks.py).
DESKS = """
page        verb    kept    desk    account
changelist  list    200     200     200
add         add     200     200     403
change      change  200     200     200/403
delete      delete  403     200/302 403
history     read    200     200     200
old         read    302     302     302
"""
KEPT = {
    "kept": "meetings.meeting meetings.agendaitem meetings.speaker library.topic members.member "
    "regions.localgovernment regions.partner regions.circle",
    "desk": "mailroom.silence regions.formergovernment regions.participation",
    "account": "meetings.talk meetings.invitation meetings.registration meetings.material meetings.speakercall "
    "meetings.decision meetings.actionpoint members.membership members.joinrequest mailroom.delivery "
    "mailroom.slot regions.journalentry",
}
ADMIN = """
page                  verb    manager
index                 list    200
login                 read    302
logout                change  200/302
password_change       change  302
password_change_done  read    200/405
autocomplete          read    403/405
autocomplete?app_label=meetings&model_name=meeting&field_name=host&term=e search 200
search?s=zz           search  200
jsi18n                read    200/405
view_on_site          read    404
app_list              list    200
search                read    200
everything-else       read    404
"""


@dataclass(frozen=True)
class Line:
    """One line of a table: by actor what a GET and what a POST answers."""

    page: str  # the name of the address, with a query
    of: str
    verb: str
    answers: dict[str, tuple[int, int]]

    @property
    def name(self) -> str:
        return self.page.partition("?")[0]

    @property
    def methods(self) -> tuple[str, ...]:
        """Searching and counting is looking only; and nothing is sent to a list or a history of the admin."""
        looks = self.verb in ("search", "count") or self.name.endswith(("_changelist", "_history", "_old"))
        return ("get",) if looks else ("get", "post")


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()[1:]]


def _both(cell: str) -> tuple[int, int]:
    get, _, post = cell.partition("/")
    return int(get), int(post or get)


def _for_managers(manager: str) -> dict[str, tuple[int, int]]:
    others = {who: "302" if who in LOGGED_OUT else "403" for who in COLUMNS}
    return {who: _both(cell) for who, cell in (others | {"manager": manager}).items()}


def lines() -> list[Line]:
    """All tables as one."""
    found = [
        Line(page, of, verb, dict(zip(COLUMNS, map(_both, cells), strict=True)))
        for page, of, verb, *cells in _rows(OURS)
    ]
    for page, verb, out, inside in _rows(DOOR):
        found.append(Line(page, "-", verb, {who: _both(out if who in LOGGED_OUT else inside) for who in COLUMNS}))
    for page, verb, manager in _rows(ADMIN):
        found.append(Line(f"admin:{page}", "-", verb, _for_managers(manager)))
    for page, verb, *cells in _rows(DESKS):
        for kept, cell in zip(("kept", "desk", "account"), cells, strict=True):
            for model in KEPT[kept].split():
                name = f"admin:{model.replace('.', '_')}_{page}"
                found.append(Line(name, model, verb, _for_managers(cell)))
    return found
