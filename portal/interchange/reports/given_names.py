"""Given names that are common in the United Kingdom, to find people named in a text."""

from __future__ import annotations

GIVEN = frozenset(
    """
    aadil aamir aaron abdul abdullah abena abigail adam ade adebayo adele adrian agnes ahmed
    aidan aileen aisha akash akua alan alana alastair albert alejandro alex alexander alexandra
    alfie alfred ali alice alicia alison alistair allan allison alok alyson ama amanda amar
    amara amelia amina amir amit amol amrit amy ana anand andrea andreas andrew andy
    angela angus anil anita anjali anjum ankit ankur ann anna annabel anne annette annie anthea
    anthony antonia antonio anwar anya aparna arash archie arjun arthur arun asad asha ashish
    ashley ashok asif asma atul audrey austin ava ayesha aziz babak bala barbara barry beatrice
    becky belinda ben benedict benjamin bernadette bernard beth bethan bethany betty beverley
    bhavna bilal bimal bob bobby bradley brenda brendan brian bridget bronwen bruce bryan callum
    calum cameron camilla carl carla carly carmel carmen carol carole caroline carolyn carrie
    carwyn carys caspar catherine cathy catriona cecilia ceinwen ceri chantal charles charlie
    charlotte cheryl chetan chidi chika chinedu chloe chris christian christina christine
    christopher ciara ciaran claire clara clare clarissa claudia clive colin colleen connor
    conor courtney craig crispin cynthia daisy damian damien dan danesh daniel daniela danielle
    danny daphne darren darshan dave david dawn debbie deborah declan deepa deepak deirdre
    delyth denis denise deniz dennis derek desmond devi diana diane dilip dimitri dina dipak
    dominic donald donna doreen doris dorothy dougal douglas duncan dylan eamonn ed eddie edith
    edmund edward edwina eileen eilidh eilish elaine eleanor elena eli elinor elisabeth eliza
    elizabeth ella ellen ellie elliot elsie emeka emily emma emyr enrique eric erica erin ernest
    esra esther ethan eugene eva evan eve evelyn ewan ewen faisal farah farhan farid farooq
    fatima felicity felix femi fergus ffion finlay fiona florence folake fran frances francesca
    francis frank fraser fred freddie frederick gabriel gareth gary gaurav gavin gemma geoff
    geoffrey george georgia georgina gerald geraldine gerard gethin giles gillian gina giorgio
    gita giulia giuseppe glen glenn glenys gloria gopal gordon graeme graham gregory greta
    gurpreet guy gwen gwyneth habib hamish hana hannah hardeep hari harold harpreet harriet
    harry harsh harvey hasan hassan hayley hazel heather heidi helen helena hema henry hilary
    hiroshi hollie holly howard hugh hugo humphrey hussain huw iain ian ibrahim ieuan ifeoma
    ikram imad imogen imran ingrid iqbal iqra irene iris isaac isabel isabella isabelle ishaan
    isla ismail ivan ivor jack jackie jacob jacqueline jacqui jagdeep jaime jake james jamie jan
    jane janet janice janine jasmine jason jasper jaspreet jaswinder jatinder javed javier jayne
    jean jeff jeffrey jemima jenna jennifer jenny jeremy jerry jess jessica jill jillian jim
    jimmy jo joan joanna joanne joe joel johanna john johnny jon jonathan jonny joseph josephine
    josh joshua joyce juan judith judy julia julian julie juliet justin jyoti kalpana kamal
    kapil karen karim karl kat kate katharine katherine kathleen kathryn kathy katie katrina
    katy kavita kay keiran keith kelly kemi ken kenji kenneth kerry kevin khadija khalid kieran
    kim kiran kirsten kirsty kishore kofi krishna kristina krzysztof kumar kwame kwasi kyle
    lakshmi lalita lara laura lauren laurence lawrence leah leanne lee leigh leila len leo leon
    leonard leonie lesley leslie lewis liam lilian lily linda lindsay lindsey lisa liz lizzie
    lloyd lois lorna lorraine louis louisa louise lucas lucia lucinda lucy lukasz luke lydia
    lyndsey lynn lynne mabel maciej maddie madeleine magda maggie mahmood malcolm mandeep mandy
    manish mansoor marc marcia marcus marek margaret maria mariam marian marianne marie marilyn
    marina marion marjorie mark marlene marta martha martin martina martyn mary mateusz matilda
    matt matthew maud maureen maurice max maxine meera megan mehdi mehmet melanie melissa
    meredith michael michaela michal michelle mick miguel mihir mike miles millie milo ming
    miranda miriam mohamed mohammad mohammed mohit moira molly mona monica monika morag muhammad
    mukesh muriel murray mustafa myra nabeel nadeem nadhim nadia nadine naomi natalia natalie
    natasha nathan nathaniel naveed navneet neelam neeraj neha neil nell nerys niall nicholas
    nick nicky nicola nicole nigel nikhil nikita nikki nina nisha nita noah noel noor nora norma
    norman obi olga oliver olivia olu oluwaseun omair omar oscar osman owain owen pamela paolo
    parveen pat patricia patrick paul paula pauline pedro peggy penelope penny pete peter petra
    phil philip philippa phillip phoebe piotr pippa polly pooja poppy pradeep prakash pranav
    priti priya priyanka rachael rachel rafael rafiq raheem rahul raj rajesh rajinder rajiv raju
    ralph ramesh ramona ranjan ranjit raphael rashid rashmi rav ravi ray raymond rebecca reena
    reggie rekha renuka rhian rhiannon rhodri rhys ricardo richard rick ricky rishi rita ritu
    rizwan rob robbie robert roberta roberto robin roderick rodney roger rohan rohit roisin
    roland ronald ronan ronnie rory rosalind rosamund rosanna rosemary rosie ross roy ruby
    rukhsana rupert russell ruth ryan sabrina sadia sadie saeed sajid salim sally salma sam
    samantha sameer samir samuel sandeep sandra sandy sangeeta sanjay sara sarah sasha satish
    saul scott sean sebastian seema selina shabana shaheen shahid shanaz shane shannon sharmila
    sharon shazia sheena sheila shelley shilpa shirley shona shreya sian sibusiso sidney silvia
    simon simone simran sinead siobhan sofia sohail sonal sonia sonya sophia sophie srinivas
    stacey stan stanley stefan stella steph stephanie stephen steve steven stewart stuart
    subhash sudhir sue sukhdeep suki suleiman sultana sunil sunita suresh surinder susan susanna
    susannah sushma susie suzanne swati syed sylvia tahir tamara tamsin tania tanya tara tariq
    tasneem ted tendai terence teresa terry tess thandi thelma theo theresa thomas tim timothy
    tina toby tom tomasz tommy tony tracey tracy trevor tristan trudy tunde uchenna umar ursula
    usha usman uzma valerie vanessa varun vera vernon veronica vicky victor victoria vijay vikas
    vikram vinay vincent vinod violet virginia vivek vivien vivienne walter wanda warren wayne
    wei wendy wilfred william winifred xavier xin yasmin yemi yetunde yusuf yvette yvonne zach
    zack zahid zahra zainab zara zoe zoltan zubair
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
