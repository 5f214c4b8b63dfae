"""Given names that are common in the United Kingdom, to find people named in a text."""

from __future__ import annotations

GIVEN = frozenset(
    """
    aaron abdul abdullah abigail adam adele adrian agnes ahmed aidan aileen aisha akash alan
    alana alastair albert alejandro alex alexander alexandra alfie alfred ali alice alicia
    alison alistair allan allison alyson amanda amar amber amelia amina amir amit amrit amy ana
    anand andrea andreas andrew andy angela angus anil anita anjali ann anna annabel anne
    annette annie anthea anthony antonia antonio anya archie arjun arthur arun asha ashley ashok
    asif audrey austin ava barbara barry beatrice becky belinda ben benedict benjamin bernadette
    bernard beth bethan bethany betty beverley bob bobby bradley brenda brendan brian bridget
    bronwen bruce bryan callum calum cameron camilla carl carla carly carmel carmen carol carole
    caroline carolyn carrie carwyn caspar catherine cathy catriona cecilia ceri chantal charles
    charlie charlotte cheryl chloe chris christian christina christine christopher ciara ciaran
    claire clara clare clarissa claudia clive colin colleen connor conor courtney craig crispin
    cynthia daisy damian damien dan daniel daniela danielle danny daphne darren dave david dawn
    debbie deborah declan deepa deepak deirdre delyth denis denise dennis derek desmond devi
    diana diane dimitri dominic donald donna doreen doris dorothy dougal douglas duncan dylan
    eamonn ed eddie edith edmund edward edwina eileen eilidh elaine eleanor elena eli elinor
    elisabeth eliza elizabeth ella ellen ellie elliot elsie emily emma emyr eric erica erin
    ernest esther ethan eugene eva evan eve evelyn ewan ewen faisal fatima felicity felix fergus
    finlay fiona florence fran frances francesca francis frank fraser fred freddie frederick
    gabriel gareth gary gavin gemma geoff geoffrey george georgia georgina gerald geraldine
    gerard gethin giles gillian gina gita glen glenn glenys gloria gordon graeme graham gregory
    greta guy gwen gwyneth hamish hana hannah hari harold harriet harry harvey hasan hassan
    hayley hazel heather heidi helen helena henry hilary hollie holly howard hugh hugo humphrey
    huw iain ian ibrahim ieuan imogen imran ingrid irene iris isaac isabel isabella isabelle
    ishaan isla ivan ivor jack jackie jacob jacqueline jacqui jaime jake james jamie jan jane
    janet janice janine jasmine jason jasper javed jayne jean jeff jeffrey jemima jenna jennifer
    jenny jeremy jerry jess jessica jill jillian jim jimmy jo joan joanna joanne joe joel
    johanna john johnny jon jonathan jonny joseph josephine josh joshua joyce juan judith judy
    julia julian julie juliet justin kamal kapil karen karim karl kat kate katharine katherine
    kathleen kathryn kathy katie katrina katy kay keiran keith kelly ken kenneth kerry kevin
    khalid kieran kim kiran kirsten kirsty kishore krishna kristina kumar kyle lakshmi lara
    laura lauren laurence lawrence leah leanne lee leigh len leo leon leonard leonie lesley
    leslie lewis liam lilian lily linda lindsay lindsey lisa liz lizzie lloyd lois lorna
    lorraine louis louisa louise lucas lucia lucinda lucy luke lydia lyndsey lynn lynne mabel
    maddie madeleine magda maggie mahmood malcolm mandeep mandy manish marc marcia marcus
    margaret maria marian marianne marie marilyn marina marion marjorie mark marlene martha
    martin martina martyn mary matilda matt matthew maud maureen maurice max maxine meera megan
    mehmet melanie melissa meredith michael michaela michelle mick miguel mike miles millie milo
    miranda miriam mohamed mohammad mohammed moira molly mona monica morag muhammad muriel
    murray mustafa myra nadia nadine naomi natalia natalie natasha nathan nathaniel neelam neha
    neil nell nerys niall nicholas nick nicky nicola nicole nigel nikita nikki nina nisha noah
    noel nora norma norman olga oliver olivia omar oscar owain owen pamela paolo pat patricia
    patrick paul paula pauline pedro peggy penelope penny pete peter petra phil philip philippa
    phillip phoebe pippa polly poppy pradeep prakash pranav priya priyanka rachael rachel rafael
    raheem rahul raj rajesh rajiv ralph ramesh ranjit raphael rashid rav ravi ray raymond
    rebecca reena reggie rekha rhian rhiannon rhodri rhys ricardo richard rick ricky rita rob
    robbie robert roberta roberto robin roderick rodney roger roisin roland ronald ronan ronnie
    rory rosalind rosamund rosanna rosemary rosie ross roy ruby rupert russell ruth ryan sabrina
    sadie saeed salim sally sam samantha samir samuel sandeep sandra sandy sanjay sara sarah
    sasha saul scott sean sebastian seema selina shane shannon sharon sheena sheila shelley
    shirley shona sian sidney silvia simon simone sinead siobhan sofia sonia sonya sophia sophie
    stacey stan stanley stefan stella steph stephanie stephen steve steven stewart stuart sue
    suki sunil sunita suresh surinder susan susanna susannah susie suzanne sylvia tamara tamsin
    tania tanya tara tariq ted terence teresa terry tess thelma theo theresa thomas tim timothy
    tina toby tom tommy tony tracey tracy trevor tristan trudy ursula usha valerie vanessa vera
    vernon veronica vicky victor victoria vijay vikram vincent violet virginia vivek vivien
    vivienne walter wanda warren wayne wendy wilfred william winifred xavier yasmin yusuf yvette
    yvonne zach zack zara zoe
    """.split()
)
#: Words with a capital that are no surname: what the second word of such a pair is in a text.
NO_SURNAME = frozenset(
    """
    academy account accounts act action acts agency agile aid alpha analysis analyst analytics
    and api app appeal application applications april architect architecture area arms
    assessment assessor assessors assisted association assurance august authorities authority
    avenue award awards bank benefit benefits beta bill blog board body bridge bureau business
    cabinet card care case cathedral centre certificate challenge change channel charity chief
    city civil claim claims class clinic close club code college commission committee common
    community companies company conference content contracts control corporation cost council
    county court credit crescent criteria cross crown customer customers data database day days
    debt december defence delivery department departments deputy design designer designers
    details developer developers development digital director directorate disability discovery
    district division drive driver driving duty east education employment end engagement enquiry
    enterprise estate exchange executive experience family february festival field finance
    financial finder first folder force form forms forum foundation framework friday fund
    funding gardens gate general gift google government grant group guidance guide hall head
    health heritage hill home hospital hotel house housing hub identity immigration in income
    independent industry information infrastructure institute insurance integration
    international island january job journey july june justice kingdom land law lead leader
    leaders learning legal library licence line lines live loan local lodge london manager
    managers manual march market media medical meeting memorial minister ministry monday museum
    national navy needs network new north note november number october office officer officers
    officials online open operations organisation other owner owners page panel park parking
    parliament partner pass passport patent pay payment payments penalty pension pensions people
    performance personal phase place plan plans plates platform point points police policy
    portal post prison privacy private product professional programme progress project property
    protection public quality queen railway reading recommendation recommendations record
    records recovery registration registry report reports research researcher researchers
    revenue review reward right river road room route royal rules safety saturday scheme schemes
    school scotland secretary section security select self senior september server service
    services session shared sheet site social society software solicitor solution solutions
    source south square staff stage standard standards start state statement station status
    store strategy street structure submission summary sunday supplier suppliers support survey
    sustainability system systems tax taxes team teams technical technology terrace test testing
    theatre thursday time tool tools tower town trade traffic training transaction transactions
    transformation transport treasury treaty tribunal trust tuesday union unit university update
    user users valley value vehicle vehicles verify view village visa visas wales walk war web
    website wednesday week weeks west wharf wing women work workers works world year years
    """.split()
)
#: What stands behind a name that is one of a building or a body: "Stephen Lawrence House".
OF_A_THING = frozenset(
    """
    academy act avenue award awards bank bridge building buildings centre centres church clinic
    close college company council court crescent day drive estate field foundation fund gallery
    gate group hall hospital hotel house infirmary inquiry institute lane law library limited
    lodge ltd memorial museum park partnership place plc prize review road school square station
    street surgery terrace theatre tower trust university way wharf wing
    """.split()
)
